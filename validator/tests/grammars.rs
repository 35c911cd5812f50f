//! Relations that hold for every text, on generated ones. The fuzz targets assert the same.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

use jiff::{SignedDuration, Timestamp, tz::Offset};
use proptest::prelude::*;
use serde_json::Value;
use validator::{
    json,
    value::{duration, is_iri, is_language_tag, is_mailbox, is_media_type, is_uuid, timestamp},
};

/// JSON texts with odd white space, escapes, numbers and now and then a repeated key.
fn json_text() -> impl Strategy<Value = String> {
    let blank = || prop_oneof![4 => Just(""), 1 => Just(" "), 1 => Just("\n\t")];
    let string = prop_oneof![
        Just(r#""a""#.to_owned()),
        Just(r#""\u0061""#.to_owned()),
        any::<String>().prop_map(|text| Value::from(text).to_string()),
    ];
    let number = prop_oneof![
        any::<f64>().prop_map(|n| Value::from(n).to_string()),
        any::<i64>().prop_map(|n| n.to_string()),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?",
    ];
    let leaf = prop_oneof![
        string.clone(),
        number,
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned())
    ];
    let value = leaf.prop_recursive(5, 40, 5, move |inner| {
        let member = (string.clone(), blank(), inner.clone(), blank())
            .prop_map(|(key, before, value, after)| format!("{key}{before}:{value}{after}"));
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(|all| format!("[{}]", all.join(" ,"))),
            prop::collection::vec(member, 0..5).prop_map(|all| format!("{{{}}}", all.join(", "))),
        ]
    });
    (blank(), value, blank()).prop_map(|(before, value, after)| format!("{before}{value}{after}"))
}

fn has_repeated_key(text: &str) -> bool {
    let text = text.trim();
    let members = json::members(text);
    let keys: std::collections::HashSet<_> = members.iter().map(|member| &member.key).collect();
    let elements: Vec<Box<serde_json::value::RawValue>> =
        serde_json::from_str(text).unwrap_or_default();
    keys.len() < members.len()
        || members.iter().any(|member| has_repeated_key(&text[member.value.clone()]))
        || elements.iter().any(|element| has_repeated_key(element.get()))
}

proptest! {
    #[test]
    fn json_is_read_as_serde_json_reads_it_unless_a_key_is_repeated(text in json_text()) {
        let own = json::parse(text.as_bytes());
        match serde_json::from_str::<Value>(&text) {
            Ok(value) if has_repeated_key(&text) => {
                let report = own.expect_err("a repeated key is refused");
                prop_assert!(report.violations.iter().all(|v| v.rule.id == "json-duplicate-key"));
                drop(value);
            }
            Ok(value) => prop_assert_eq!(own, Ok(value)),
            Err(_) => prop_assert_eq!(&own.unwrap_err().violations[0].rule.id, &"json-syntax"),
        }
    }

    #[test]
    fn damaged_json_is_refused_where_serde_json_refuses_it(
        text in json_text(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let own = json::parse(&bytes);
        match serde_json::from_slice::<Value>(&bytes) {
            Ok(value) => if let Ok(own) = own { prop_assert_eq!(own, value); },
            Err(_) => prop_assert!(own.is_err()),
        }
    }

    #[test]
    fn members_and_what_lies_between_them_make_up_the_object(text in json_text()) {
        let members = json::members(&text);
        let mut end = 0;
        for member in &members {
            let between = text[end..member.whole.start].trim_matches([' ', '\n', '\t']);
            prop_assert_eq!(between, if end == 0 { "{" } else { "," });
            prop_assert!(text[member.whole.clone()].ends_with(&text[member.value.clone()]));
            let key: String =
                serde_json::Deserializer::from_str(&text[member.whole.clone()]).into_iter()
                    .next().unwrap().unwrap();
            prop_assert_eq!(&key, &member.key);
            end = member.whole.end;
        }
        if let Ok(Value::Object(object)) = serde_json::from_str(&text) {
            for member in members.iter().rev().take(1) {
                let value: Value = serde_json::from_str(&text[member.value.clone()]).unwrap();
                prop_assert_eq!(&object[&member.key], &value);
            }
        }
    }

    #[test]
    fn depth_up_to_the_limit_is_read_and_beyond_it_refused(depth in 1_usize..200) {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let report = json::parse(text.as_bytes());
        if depth <= json::MAX_DEPTH {
            prop_assert!(report.is_ok());
        } else {
            prop_assert_eq!(report.unwrap_err().violations[0].rule.id, "json-depth");
        }
    }

    #[test]
    fn printed_instants_are_read_as_jiff_means_them(
        second in -62_135_596_800_i64..253_402_207_200, nano in 0_i32..1_000_000_000,
        zone in -1439_i32..=1439, comma in any::<bool>(),
    ) {
        let instant = Timestamp::new(second, nano).unwrap();
        let offset = Offset::from_seconds(zone * 60).unwrap();
        let mut text = instant.display_with_offset(offset).to_string();
        if comma {
            text = text.replace('.', ",");
        }
        let time = timestamp::parse(&text).unwrap();
        let micros = instant.as_nanosecond().div_euclid(1000);
        prop_assert_eq!(i128::from(time.micros), micros, "{}", text);
        prop_assert_eq!(time.offset_minutes.map(i32::from), Some(zone));
        prop_assert_eq!(time.is_rfc3339, !text.contains(','));
    }

    #[test]
    fn what_looks_like_a_timestamp_is_read_as_jiff_reads_it(
        text in "20(0[0-9]|24)-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9](:[0-6][0-9](\\.[0-9]{1,8})?)?(Z|[+-][01][0-9]:[0-5][0-9])",
    ) {
        let jiff = text.parse::<Timestamp>().ok();
        // jiff takes a leap second as :59 and the unknown offset as UTC.
        prop_assume!(!text.contains(":60") && !text.ends_with("-00:00"));
        let own = timestamp::parse(&text).map(|time| i128::from(time.micros));
        prop_assert_eq!(own, jiff.map(|time| time.as_nanosecond().div_euclid(1000)));
    }

    #[test]
    fn basic_and_extended_form_are_one_instant(
        (text, basic) in (0_u32..10_000, 1_u32..13, 1_u32..29, 0_u32..24, 0_u32..60, 0_u32..60)
            .prop_map(|(y, m, d, h, min, s)| (
                format!("{y:04}-{m:02}-{d:02}T{h:02}:{min:02}:{s:02}Z"),
                format!("{y:04}{m:02}{d:02}T{h:02}{min:02}{s:02}Z"),
            )),
    ) {
        let micros = |text| timestamp::parse(text).map(|time| time.micros);
        prop_assert!(micros(&text).is_some());
        prop_assert_eq!(micros(&text), micros(&basic));
    }

    #[test]
    fn durations_of_days_and_smaller_are_read_as_jiff_reads_them(
        text in "P([0-9]{1,4}D)?(T([0-9]{1,4}H)?([0-9]{1,4}M)?([0-9]{1,4}(\\.[0-9]{1,9})?S)?)?",
    ) {
        let own = duration::parse(&text).map(|length| i128::from(length.micros));
        let jiff = text.parse::<jiff::Span>().ok().and_then(|span| {
            span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()
        });
        prop_assert_eq!(own, jiff.map(|length: SignedDuration| length.as_micros()), "{}", text);
    }

    #[test]
    fn a_duration_is_the_sum_of_its_parts(
        y in 0_i64..200, mo in 0_i64..30, d in 0_i64..400, h in 0_i64..100, m in 0_i64..100,
        cs in 0_i64..10_000,
    ) {
        let text = format!("P{y}Y{mo}M{d}DT{h}H{m}M{}.{:02}S", cs / 100, cs % 100);
        let length = duration::parse(&text).unwrap();
        let seconds = ((y * 365 + mo * 30 + d) * 24 + h) * 3600 + m * 60;
        prop_assert_eq!(length.centiseconds(), seconds * 100 + cs);
    }

    #[test]
    fn no_grammar_panics(text in any::<String>()) {
        let _ = (timestamp::parse(&text), duration::parse(&text), is_iri(&text), is_uuid(&text));
        let _ = (is_language_tag(&text), is_mailbox(&text), is_media_type(&text));
        let _ = (json::members(&text), json::parse(text.as_bytes()));
        let _ = validator::check_batch(text.as_bytes(), validator::Version::V2_0_0);
    }
}
