use super::super::{ExportError, Format, write};
use super::{Language, sample};

#[test]
fn formats_are_known_by_their_names_and_table_is_text() {
    for format in Format::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    assert_eq!("table".parse(), Ok(Format::Text));
    assert_eq!(
        "pdf".parse::<Format>().unwrap_err().to_string(),
        "`pdf` is no format: use json, csv, xlsx, html or text"
    );
}

#[test]
fn equal_tables_give_equal_bytes() {
    for format in Format::ALL {
        let bytes = || write(&sample(), format, Language::It).unwrap();
        assert_eq!(bytes(), bytes(), "{format}");
    }
}

#[test]
fn a_time_zone_that_is_none_is_an_error_and_not_utc() {
    let mut table = sample();
    table.time_zone = "Europe/Roma".into();
    for format in [Format::Csv, Format::Xlsx, Format::Html, Format::Text] {
        let error = write(&table, format, Language::It).unwrap_err();
        assert!(matches!(error, ExportError::TimeZone(zone) if zone == "Europe/Roma"), "{format}");
    }
}
