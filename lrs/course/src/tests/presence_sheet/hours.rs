use jiff::civil::{date, time};

use super::super::super::{LengthError, Overlong, PresenceSheet, length};
use super::{MINUTE, entry, read, read_of, rome, session};

fn hours(text: &str) -> Result<PresenceSheet, Vec<String>> {
    read(&format!("id\tore\nu1\t{text}\n"))
}

#[test]
fn hours_are_read_as_people_write_them() {
    for (text, minutes) in [
        ("2,5", 150),
        ("2.5", 150),
        ("2", 120),
        ("24", 1440),
        ("0,25", 15),
        ("2:30", 150),
        ("2:30:00", 150),
        ("02:05", 125),
        ("2h30", 150),
        ("2H", 120),
        ("2 h 30 min", 150),
        ("2h30m", 150),
        ("0:01", 1),
    ] {
        let register = hours(text).unwrap();
        assert_eq!(register.entries, [entry("u1", minutes, "")], "{text}");
        assert_eq!(register.absent, [""; 0]);
    }
    for text in ["0", "0,0", "0:00", "Assente", "ABSENT", "assente giustificata"] {
        let register = hours(text).unwrap();
        assert_eq!((register.entries, register.absent), (vec![], vec!["u1".into()]), "{text}");
    }
}

#[test]
fn hours_that_are_none_are_refused() {
    for text in ["due", "2,5,1", "2:60", "2:3x", "1e1", "2h-3", "inf", "NaN", "+", ",", "x", "1-2"]
    {
        let message =
            format!("line 2, ore: `{text}` is no number of hours: write 2,5 or 2:30, or `assente`");
        assert_eq!(hours(text).unwrap_err(), [message]);
    }
    for text in ["-1", "-0:30", "24,01", "24:01", "150"] {
        let message = format!("line 2, ore: `{text}` hours are not in a day: write 0 to 24");
        assert_eq!(hours(text).unwrap_err(), [message]);
    }
}

#[test]
fn without_hours_and_times_the_session_s_length_counts_or_nothing_does() {
    let day = date(2026, 3, 5);
    for text in ["id\nu1\n", "id,hours,from,to\nu1,,,\n"] {
        let register = read_of(text, &session(day, Some(6))).unwrap();
        assert_eq!(register.entries, [entry("u1", 360, "")]);
        for length in [None, Some(0)] {
            assert_eq!(
                read_of(text, &session(day, length)).unwrap_err(),
                [
                    "line 2, hours: there are neither hours nor times, and the session has no length \
                 of its own: write the hours, or `assente`"
                ]
            );
        }
    }
    // Hours come before times.
    let text = "id,hours,from,to\nu1,1,9:00,13:00\n";
    assert_eq!(read(text).unwrap().entries, [entry("u1", 60, "")]);
}

#[test]
fn times_of_day_are_read_as_people_write_them() {
    for (from, to, minutes) in [
        ("9", "13", 240),
        ("9:00", "13.30", 270),
        ("09h15", "10H", 45),
        ("00:00", "23:59", 1439),
        ("09:00:30", "09:01:30", 1),
    ] {
        let text = format!("id,dalle,alle\nu1,{from},{to}\n");
        assert_eq!(read(&text).unwrap().entries, [entry("u1", minutes, "")], "{from} {to}");
    }
    for wrong in ["24:00", "9:60", "nove", "9:00 pm", "-1", "9:0:0:0", "9:", "1000"] {
        let message = format!("line 2, from: `{wrong}` is no time of day: write it as 09:30");
        assert_eq!(read(&format!("id,from,to\nu1,{wrong},23:00\n")).unwrap_err(), [message]);
    }
}

#[test]
fn times_that_make_no_length_are_refused() {
    assert_eq!(
        read("id,from,to\nu1,22:00,02:00\nu2,9:00,9:00\nu3,9:00,\nu4,,9:00\n").unwrap_err(),
        [
            "line 2, to: ends at 02:00:00 and begins at 22:00:00: a session ends after it begins \
             and on the same day, so write a night as two sessions",
            "line 3, to: ends at 09:00:00 and begins at 09:00:00: a session ends after it begins \
             and on the same day, so write a night as two sessions",
            "line 4, to: the time is missing: write both times, or the hours",
            "line 5, from: the time is missing: write both times, or the hours",
        ]
    );
    let spring = session(date(2026, 3, 29), None);
    let text = "id,from,to\nu1,2:30,5:00\nu2,1:00,2:59\nu3,1:59,3:00\n";
    assert_eq!(
        read_of(text, &spring).unwrap_err(),
        [
            "line 2, from: there is no 02:30:00 on 2026-03-29, for the clocks go forward: write \
             the time they showed",
            "line 3, to: there is no 02:59:00 on 2026-03-29, for the clocks go forward: write the \
             time they showed",
        ]
    );
}

/// In Rome clocks go from 02:00 to 03:00 on 2026-03-29, and from 03:00 to 02:00 on 2026-10-25.
#[test]
fn a_length_is_the_time_that_passes_when_the_clocks_change() {
    let (spring, autumn, other) = (date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 5));
    for (day, from, to, minutes) in [
        (other, time(1, 0, 0, 0), time(4, 0, 0, 0), 180),
        (spring, time(1, 0, 0, 0), time(4, 0, 0, 0), 120),
        (spring, time(1, 59, 0, 0), time(3, 0, 0, 0), 1),
        (spring, time(9, 0, 0, 0), time(13, 0, 0, 0), 240),
        (autumn, time(1, 0, 0, 0), time(4, 0, 0, 0), 240),
        // 02:30 comes twice: it is the first, in summer time, here and there.
        (autumn, time(1, 0, 0, 0), time(2, 30, 0, 0), 90),
        (autumn, time(2, 30, 0, 0), time(4, 0, 0, 0), 150),
        (autumn, time(2, 0, 0, 0), time(2, 30, 0, 0), 30),
    ] {
        assert_eq!(length(day, from, to, &rome()), Ok(minutes * MINUTE), "{day} {from} {to}");
    }
    let skipped = LengthError::Skipped { date: spring, time: time(2, 0, 0, 0) };
    assert_eq!(length(spring, time(1, 0, 0, 0), time(2, 0, 0, 0), &rome()), Err(skipped));
}

#[test]
fn those_there_for_longer_than_the_session_are_named_with_their_lines() {
    let text = "id,hours,from,to\nu1,4,,\nu2,4:01,,\nu3,,09:00,14:00\nu4,,,\n";
    let register = read(text).unwrap();
    assert_eq!(register.entries.len(), 4, "they are taken all the same");
    let length = 240 * MINUTE;
    let of = |line, learner: &str, minutes: u64| Overlong {
        line,
        learner: learner.into(),
        micros: minutes * MINUTE,
        length,
    };
    assert_eq!(register.overlong, [of(3, "u2", 241), of(4, "u3", 300)]);
    let without_length = read_of("id,hours\nu1,9\n", &session(date(2026, 3, 5), None)).unwrap();
    assert_eq!(without_length.overlong, []);
}
