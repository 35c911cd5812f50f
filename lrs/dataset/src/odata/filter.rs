//! `$filter` (OData 4.0 Part 2, 5.1.1): comparisons of columns with literals, `startswith`, `and`, `or`, `not`, parentheses.

use std::ops::Bound;

use serde_json::Value;
use xapi::instant::Instant;

use crate::aggregate::{AskError, RowCondition};

/// How deep parentheses may stand in one another.
const DEEPEST: usize = 40;

/// A `$filter` as a condition.
///
/// # Errors
/// [`AskError`] where it is none, or one that is not taken here.
pub fn condition(text: &str) -> Result<RowCondition, AskError> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0 };
    let condition = reader.any(0)?;
    match reader.next() {
        None => Ok(condition),
        Some(token) => {
            Err(AskError(format!("$filter goes on with `{}` after its end", token.text())))
        }
    }
}

/// A piece of a `$filter`.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
}

impl Token {
    fn text(&self) -> &str {
        match self {
            Self::Word(text) | Self::Text(text) => text,
            Self::Open => "(",
            Self::Close => ")",
            Self::Comma => ",",
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, AskError> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            ' ' | '\t' => {}
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            ',' => tokens.push(Token::Comma),
            '\'' => {
                let mut quoted = String::new();
                loop {
                    match rest.next() {
                        Some('\'') if rest.peek() == Some(&'\'') => {
                            rest.next();
                            quoted.push('\'');
                        }
                        Some('\'') => break,
                        Some(other) => quoted.push(other),
                        None => return Err(AskError("$filter has a text without its end".into())),
                    }
                }
                tokens.push(Token::Text(quoted));
            }
            other => {
                let mut word = String::from(other);
                while let Some(more) = rest.next_if(|it| !" \t(),'".contains(*it)) {
                    word.push(more);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Ok(tokens)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn passes(&mut self, word: &str) -> bool {
        let is_there = matches!(self.tokens.get(self.at), Some(Token::Word(it)) if it == word);
        self.at += usize::from(is_there);
        is_there
    }

    fn expects(&mut self, wanted: &Token) -> Result<(), AskError> {
        match self.next() {
            Some(token) if token == *wanted => Ok(()),
            other => Err(AskError(format!(
                "$filter has {} where `{}` is to stand",
                other.map_or("its end".to_owned(), |it| format!("`{}`", it.text())),
                wanted.text()
            ))),
        }
    }

    fn any(&mut self, depth: usize) -> Result<RowCondition, AskError> {
        let mut any = vec![self.all(depth)?];
        while self.passes("or") {
            any.push(self.all(depth)?);
        }
        Ok(one_or(any, |any| RowCondition { any: Some(any), ..RowCondition::default() }))
    }

    fn all(&mut self, depth: usize) -> Result<RowCondition, AskError> {
        let mut all = vec![self.single(depth)?];
        while self.passes("and") {
            all.push(self.single(depth)?);
        }
        Ok(one_or(all, |all| RowCondition { all: Some(all), ..RowCondition::default() }))
    }

    fn single(&mut self, depth: usize) -> Result<RowCondition, AskError> {
        if depth > DEEPEST {
            return Err(AskError(format!("$filter is deeper than {DEEPEST} parentheses")));
        }
        if self.passes("not") {
            let inner = self.single(depth + 1)?;
            return Ok(negated(inner));
        }
        match self.next() {
            Some(Token::Open) => {
                let inner = self.any(depth + 1)?;
                self.expects(&Token::Close)?;
                Ok(inner)
            }
            Some(Token::Word(word)) if word == "startswith" => self.begins(),
            Some(Token::Word(word)) if self.tokens.get(self.at) == Some(&Token::Open) => {
                Err(AskError(format!("$filter takes the function startswith, and not `{word}`")))
            }
            Some(Token::Word(column)) => self.compared(column),
            other => Err(AskError(format!(
                "$filter has {} where a column is to stand",
                other.map_or("its end".to_owned(), |it| format!("`{}`", it.text()))
            ))),
        }
    }

    fn begins(&mut self) -> Result<RowCondition, AskError> {
        self.expects(&Token::Open)?;
        let column = self.next();
        self.expects(&Token::Comma)?;
        let prefix = self.next();
        self.expects(&Token::Close)?;
        match (column, prefix) {
            (Some(Token::Word(column)), Some(Token::Text(prefix))) => {
                let (column, prefix) = (Some(column), Some(prefix));
                Ok(RowCondition { column, prefix, ..RowCondition::default() })
            }
            _ => Err(AskError(
                "startswith takes a column and a text: startswith(verb,'http')".into(),
            )),
        }
    }

    fn compared(&mut self, column: String) -> Result<RowCondition, AskError> {
        let operator = self.next().map(|token| token.text().to_owned()).unwrap_or_default();
        let value = match self.next() {
            Some(Token::Text(text)) => Value::String(text),
            Some(Token::Word(word)) => match word.as_str() {
                "null" => Value::Null,
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => Value::String(word),
            },
            _ => return Err(AskError(format!("`{column}` is compared with nothing in $filter"))),
        };
        let new = RowCondition { column: Some(column), ..RowCondition::default() };
        Ok(match (operator.as_str(), value) {
            ("eq", Value::Null) => RowCondition { missing: Some(true), ..new },
            ("ne", Value::Null) => RowCondition { missing: Some(false), ..new },
            ("eq", value) => RowCondition { equals: Some(value), ..new },
            ("ne", value) => negated(RowCondition { equals: Some(value), ..new }),
            ("gt", value) => RowCondition { after: Some(value), ..new },
            ("ge", value) => RowCondition { from: Some(value), ..new },
            ("lt", value) => RowCondition { until: Some(value), ..new },
            ("le", value) => RowCondition { through: Some(value), ..new },
            (other, _) => {
                return Err(AskError(format!(
                    "$filter compares by eq, ne, gt, ge, lt, le, and not by `{other}`"
                )));
            }
        })
    }
}

fn negated(condition: RowCondition) -> RowCondition {
    RowCondition { not: Some(Box::new(condition)), ..RowCondition::default() }
}

fn one_or(
    mut all: Vec<RowCondition>,
    many: impl FnOnce(Vec<RowCondition>) -> RowCondition,
) -> RowCondition {
    match all.pop() {
        Some(only) if all.is_empty() => only,
        last => {
            all.extend(last);
            many(all)
        }
    }
}

/// The range of `stored`, after one instant and through another, outside of which no row meets a condition. Only what holds
/// in any case is looked at.
pub fn stored_range(condition: &RowCondition) -> (Bound<Instant>, Bound<Instant>) {
    let (mut after, mut through) = (Bound::Unbounded, Bound::Unbounded);
    narrow(condition, &mut after, &mut through);
    (after, through)
}

fn narrow(condition: &RowCondition, after: &mut Bound<Instant>, through: &mut Bound<Instant>) {
    condition.all.iter().flatten().for_each(|inner| narrow(inner, after, through));
    if condition.column.as_deref() != Some("stored") {
        return;
    }
    let read = |value: &Option<Value>| Instant::parse(value.as_ref()?.as_str()?);
    let low = [read(&condition.from).map(Instant::previous), read(&condition.after)];
    for it in low.into_iter().flatten() {
        if !matches!(after, Bound::Excluded(known) if *known >= it) {
            *after = Bound::Excluded(it);
        }
    }
    let high = [read(&condition.until).map(Instant::previous), read(&condition.through)];
    for it in high.into_iter().flatten() {
        if !matches!(through, Bound::Included(known) if *known <= it) {
            *through = Bound::Included(it);
        }
    }
}
