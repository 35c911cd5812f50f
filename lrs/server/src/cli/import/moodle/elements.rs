//! The names of elements as Moodle keeps them.

/// The name of an element with dots alone: Moodle keeps `cmi.interactions_0.id` of SCORM 1.2, and of SCORM 2004 either.
pub(super) fn name(element: &str) -> String {
    let mut name = String::with_capacity(element.len());
    for part in element.trim().split('.') {
        let numbered = part.rsplit_once('_').filter(|(before, number)| {
            !before.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
        });
        if !name.is_empty() {
            name.push('.');
        }
        match numbered {
            Some((before, number)) => {
                name.push_str(before);
                name.push('.');
                name.push_str(number);
            }
            None => name.push_str(part),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_with_underscores_and_dots() {
        for (element, named) in [
            ("cmi.interactions_0.id", "cmi.interactions.0.id"),
            ("cmi.interactions.0.id", "cmi.interactions.0.id"),
            (
                "cmi.interactions_12.correct_responses_0.pattern",
                "cmi.interactions.12.correct_responses.0.pattern",
            ),
            ("cmi.core.lesson_status", "cmi.core.lesson_status"),
            ("cmi.objectives_3.score.raw", "cmi.objectives.3.score.raw"),
            ("x.start.time", "x.start.time"),
            ("_1.a", "_1.a"),
        ] {
            assert_eq!(name(element), named);
        }
    }
}
