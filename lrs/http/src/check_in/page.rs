//! What the check-in page shows.

use jiff::civil::Date;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{FONTS, STYLE};
use course::{Bilingual, Language};
use service::progress::{CheckIn, SessionAbout};
use texts::Texts;

/// What somebody wrote into the form.
pub(super) struct Form {
    pub(super) code: String,
    pub(super) learner: String,
}

/// What is wrong with it.
pub(super) enum Wrong {
    /// It is no session's code.
    Code,
    /// It is the code of a session of another day.
    CodeOfDay(Date),
    /// Nobody enrolled is called so.
    Learner,
}

/// A page of a course.
pub(super) struct Page<'p> {
    pub(super) language: Language,
    pub(super) course: &'p Bilingual,
    /// The session whose code is in the form.
    pub(super) session: Option<&'p SessionAbout>,
    pub(super) form: &'p Form,
    pub(super) wrong: Option<&'p Wrong>,
}

impl Page<'_> {
    /// The form, with what is wrong beside the field that it is about.
    pub(super) fn form(&self) -> String {
        let say = |id: &str| say(self.language, id, &[]);
        let of_code = match self.wrong {
            Some(Wrong::Code) => Some(say("check-in-wrong-code")),
            Some(Wrong::CodeOfDay(day)) => {
                let day = [("day", day_in_words(*day, self.language))];
                Some(self::say(self.language, "check-in-wrong-day", &day))
            }
            _ => None,
        };
        let of_learner = matches!(self.wrong, Some(Wrong::Learner));
        let of_learner = of_learner.then(|| say("check-in-wrong-learner"));
        let asks_code = of_code.is_some() || of_learner.is_none() && self.form.code.is_empty();
        let body = html! {
            h1 { (say("check-in-title")) }
            @if let Some(session) = self.session {
                (facts(session, None, self.language))
            } @else {
                p.quiet { (self.course.in_language(self.language)) }
            }
            form method="post" action=(format!("?lang={}", self.language.tag())) {
                (field(&Field {
                    name: "code",
                    label: &say("check-in-code"),
                    value: &self.form.code,
                    wrong: of_code.as_deref(),
                    has_focus: asks_code,
                }))
                (field(&Field {
                    name: "learner",
                    label: &say("check-in-learner"),
                    value: &self.form.learner,
                    wrong: of_learner.as_deref(),
                    has_focus: !asks_code,
                }))
                button { (say("check-in-send")) }
            }
        };
        self.document(&say("check-in-title"), &body)
    }

    /// That the presence was taken: whose, and at what.
    pub(super) fn taken(&self, taken: &CheckIn) -> String {
        let say = |id: &str| say(self.language, id, &[]);
        let told = say(if taken.is_new { "check-in-taken" } else { "check-in-known" });
        let again = format!("?lang={}&code={}", self.language.tag(), encoded(&self.form.code));
        let body = html! {
            h1.ok role="status" { (told) }
            (facts(&taken.about, Some(&taken.person), self.language))
            p { a href=(again) { (say("check-in-another")) } }
        };
        self.document(&told, &body)
    }

    fn document(&self, title: &str, body: &Markup) -> String {
        let other = match self.language {
            Language::It => Language::En,
            Language::En => Language::It,
        };
        let mut address = format!("?lang={}", other.tag());
        if !self.form.code.is_empty() {
            address.push_str("&code=");
            address.push_str(&encoded(&self.form.code));
        }
        let switch = html! {
            p.language {
                a href=(address) lang=(other.tag()) hreflang=(other.tag()) {
                    (say(other, "check-in-language", &[]))
                }
            }
        };
        document(self.language, title, Some(FONTS), &html! { (switch) (body) })
    }
}

/// That there is no such course.
pub(super) fn unknown_course(course: &str, language: Language) -> String {
    let title = say(language, "check-in-no-course", &[("course", course.to_owned())]);
    let body = html! {
        h1.bad { (title) }
        p { (say(language, "check-in-look-again", &[])) }
    };
    document(language, &title, Some(FONTS), &body)
}

struct Field<'f> {
    name: &'f str,
    label: &'f str,
    value: &'f str,
    wrong: Option<&'f str>,
    has_focus: bool,
}

fn field(field: &Field<'_>) -> Markup {
    let Field { name, label, value, wrong, has_focus } = *field;
    let is_code = name == "code";
    let told = format!("{name}-wrong");
    html! {
        label for=(name) { (label) }
        @if let Some(wrong) = wrong { p.bad id=(told) role="alert" { (wrong) } }
        input id=(name) name=(name) value=(value) required spellcheck="false"
            maxlength=(if is_code { "32" } else { "254" })
            autocomplete=(if is_code { "off" } else { "email" })
            autocapitalize=(if is_code { "characters" } else { "none" })
            aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| told.as_str())]
            autofocus[has_focus];
    }
}

/// Whose presence, at what, when and where.
pub(super) fn facts(about: &SessionAbout, person: Option<&str>, language: Language) -> Markup {
    let mut when = day_in_words(about.date, language);
    if let Some((from, to)) = about.times {
        let time = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
        when = format!("{when}, {}–{}", time(from), time(to));
    }
    let facts = [
        ("check-in-person", person.unwrap_or_default()),
        ("check-in-course", about.course.in_language(language)),
        ("check-in-event", about.event.in_language(language)),
        ("check-in-when", when.as_str()),
        ("check-in-where", about.place.as_str()),
    ];
    html! {
        dl {
            @for (label, fact) in facts.into_iter().filter(|(_, fact)| !fact.is_empty()) {
                dt { (say(language, label, &[])) }
                dd { (fact) }
            }
        }
    }
}

/// A whole page. `fonts` are declarations of typefaces beside [`STYLE`].
pub(super) fn document(
    language: Language,
    title: &str,
    fonts: Option<&str>,
    body: &Markup,
) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                @if let Some(fonts) = fonts { style { (PreEscaped(fonts)) } }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    };
    page.into_string()
}

/// A text of the language's file.
pub(super) fn say(language: Language, id: &str, values: &[(&'static str, String)]) -> String {
    let texts = match language {
        Language::It => Texts::italian(),
        Language::En => Texts::english(),
    };
    texts.say(id, values).unwrap_or_default()
}

/// `5 marzo 2026`, `5 March 2026`.
pub(super) fn day_in_words(day: Date, language: Language) -> String {
    let month = say(language, &format!("month-{}", day.month()), &[]);
    format!("{} {month} {}", day.day(), day.year())
}

pub(super) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
