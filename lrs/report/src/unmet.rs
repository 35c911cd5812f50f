//! Why a learner has no right to the certificate: what is missing, and by how much.

use jiff::civil::Date;

use super::figure;
use course::Standings;
use course::State;
use course::Words;
use course::{Certificate, Course, micros_of_hours, reaches_score};

/// The requirements that a learner without a certificate does not meet on `day`, each with what is
/// missing. A course without a rule has none, and so has a learner with a right to the certificate.
/// Where all requirements are met, they were met after the last day that counts.
pub(super) fn unmet(course: &Course, standings: &Standings, day: Date) -> Vec<Words> {
    let Some(rule) = &course.outline().certificate else { return Vec::new() };
    if standings.certified.is_some() {
        return Vec::new();
    }
    let mut unmet: Vec<Words> = [
        modules(course, rule, standings),
        hours(rule.hours, standings.course.micros(), "", ""),
        hours(rule.hours_presence, standings.course.presence, " in presenza", " in presence"),
        score(rule.score, standings.course.score),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let Some(by) = rule.by.filter(|by| unmet.is_empty() || *by < day) {
        unmet.push(Words::new(
            format!("l'ultimo giorno valido era il {}", figure::day_it(by)),
            format!("the last day that counts was {by}"),
        ));
    }
    unmet
}

fn modules(course: &Course, rule: &Certificate, standings: &Standings) -> Option<Words> {
    let is_open = |m: &&usize| {
        let standing = standings.modules.get(**m);
        standing.is_some_and(|it| it.applies && it.state != State::Completed)
    };
    let open = rule.modules.iter().filter(is_open).filter_map(|m| course.modules().get(*m));
    let titles: Vec<(String, Words)> =
        open.map(|module| (module.id.clone(), Words::of_title(&module.title))).collect();
    let list = |title: fn(&Words) -> &str| {
        let names = titles.iter().map(|(id, words)| format!("{id} ({})", title(words)));
        names.collect::<Vec<_>>().join(", ")
    };
    (!titles.is_empty()).then(|| {
        Words::new(
            format!("moduli da completare: {}", list(|words| &words.it)),
            format!("modules to complete: {}", list(|words| &words.en)),
        )
    })
}

fn hours(least: Option<f64>, micros: u64, it: &str, en: &str) -> Option<Words> {
    let least = least?;
    let missing = micros_of_hours(least).checked_sub(micros).filter(|missing| *missing > 0)?;
    // What is missing is rounded up, and what is there down: the two never seem to be enough.
    let missing = figure::hours_up(missing);
    let there = ((least - missing) * 100.0).round() / 100.0;
    let in_it = figure::number_it;
    Some(Words::new(
        format!("ore{it}: {} di {}, ne mancano {}", in_it(there), in_it(least), in_it(missing)),
        format!("hours{en}: {there} of {least}, {missing} missing"),
    ))
}

fn score(least: Option<f64>, score: Option<f64>) -> Option<Words> {
    let least = least?;
    let in_it = figure::number_it;
    match score.map(figure::four) {
        Some(score) if reaches_score(score, least) => None,
        Some(score) => {
            let missing = figure::four(least - score);
            Some(Words::new(
                format!(
                    "punteggio medio: {} di {}, manca {}",
                    in_it(score),
                    in_it(least),
                    in_it(missing)
                ),
                format!("mean score: {score} of {least}, {missing} missing"),
            ))
        }
        None => Some(Words::new(
            format!("punteggio medio: ancora nessuno, serve almeno {}", in_it(least)),
            format!("mean score: none yet, at least {least} is required"),
        )),
    }
}
