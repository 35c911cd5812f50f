use super::super::SheetErrors;
use super::super::heading::{IDENTIFIERS, LEARNER, NAME, REGION, folded};
use super::super::sheet::{Row, Sheet, SheetForm};

const FORM: SheetForm = SheetForm {
    headings: &[LEARNER, NAME, IDENTIFIERS, REGION],
    required: &[&["learner", "identifiers"], &["region"]],
    example: "learner,name,region",
};

/// The lines with what they say under `learner`, `name` and `region`, or the faults.
fn read(bytes: &[u8]) -> Result<Vec<(u64, [String; 3])>, Vec<String>> {
    let told =
        |faults: SheetErrors| -> Vec<String> { faults.0.iter().map(ToString::to_string).collect() };
    let sheet = Sheet::read(bytes, &FORM).map_err(told)?;
    let values = |row: &Row<'_>| [LEARNER, NAME, REGION].map(|known| row.value(&known).to_owned());
    let mut rows = Vec::new();
    let mut read = |row: &Row<'_>| {
        rows.push((row.line, values(row)));
        Vec::new()
    };
    sheet.each(&mut read).map_err(told)?;
    Ok(rows)
}

fn row(line: u64, id: &str, name: &str, region: &str) -> (u64, [String; 3]) {
    (line, [id, name, region].map(str::to_owned))
}

const ITALIAN: &str = "Matricola;Nome e cognome;Regione\r\n1042;Nicolò Ré;Umbria\r\n";

#[test]
fn utf8_and_utf16_are_read_with_their_byte_order_marks() {
    let expected = Ok(vec![row(2, "1042", "Nicolò Ré", "Umbria")]);
    assert_eq!(read(ITALIAN.as_bytes()), expected);
    assert_eq!(read(format!("\u{feff}{ITALIAN}").as_bytes()), expected);
    let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{ITALIAN}").encode_utf16().flat_map(unit).collect()
    };
    assert_eq!(read(&utf16(u16::to_le_bytes)), expected);
    assert_eq!(read(&utf16(u16::to_be_bytes)), expected);
}

#[test]
fn other_bytes_are_refused_with_their_place_and_the_remedy() {
    // Nicolò in Windows-1252, after a line with letters of two bytes.
    let windows = b"learner,region\r\nu1,\xc3\xa8\xc3\xa8\r\nNicol\xf2,Umbria\r\n";
    assert_eq!(
        read(windows).unwrap_err(),
        ["line 3: the text is not UTF-8 from character 6 of the line on: in Excel: save as \"CSV \
          UTF-8\""]
    );
    let also = b"learner,region\nu1,\xc3\xa8\xc3\xa8\xf2\n";
    assert!(
        read(also).unwrap_err()[0].starts_with("line 2: the text is not UTF-8 from character 6 ")
    );
    for (bytes, what) in [
        (b"PK\x03\x04\x14".as_slice(), "this is a workbook and not a CSV file"),
        (b"\xff\xfel\0e", "the text begins as UTF-16 and is not"),
        (b"\xff\xfe\x00\xd8l\0", "the text begins as UTF-16 and is not"),
        (b"l\0e\0", "this is no text"),
    ] {
        let faults = read(bytes).unwrap_err();
        assert_eq!(faults, [format!("line 1: {what}: in Excel: save as \"CSV UTF-8\"")]);
    }
}

#[test]
fn the_header_decides_about_the_separator_unless_the_file_says_it() {
    let expected = |line| Ok(vec![row(line, "u1", "Rossi", "Umbria")]);
    for separator in [",", ";", "\t"] {
        let text = ITALIAN.replace("1042", "u1").replace("Nicolò Ré", "Rossi");
        assert_eq!(read(text.replace(';', separator).as_bytes()), expected(2), "{separator:?}");
    }
    // More commas than semicolons, and yet semicolons: with commas no heading is known.
    let text = "matricola;nome;regione;a, b, c, d\nu1;Rossi;Umbria;\n";
    assert_eq!(read(text.as_bytes()), expected(2));
    let told = "SEP=|\r\nlearner|name|region\r\nu1|Rossi|Umbria\r\n";
    assert_eq!(read(told.as_bytes()), expected(3));
    let told = "\u{feff}\"sep=;\"\nlearner;name;region\nu1;Rossi;Umbria";
    assert_eq!(read(told.as_bytes()), expected(3));
}

#[test]
fn headings_are_known_in_two_languages_whatever_their_case_and_accents() {
    for (heading, is) in [
        ("  Codice_ISTAT ", "codice istat"),
        ("NOME E COGNOME", "nome e cognome"),
        ("Città", "citta"),
        ("cit\u{61}\u{300}", "cita"),
        ("Nicolò D’Urso", "nicolo d urso"),
        ("name\u{a0}(full)", "name full"),
    ] {
        assert_eq!(folded(heading), is);
    }
    let text = "Région,MATRICOLA,Nome\nUmbria,u1,Rossi\n".replace("Région", "Regióne");
    assert_eq!(read(text.as_bytes()), Ok(vec![row(2, "u1", "Rossi", "Umbria")]));
}

#[test]
fn a_header_with_faults_has_all_of_them_under_its_own_words() {
    assert_eq!(
        read(b"\n\nnome,Name,,name\n").unwrap_err(),
        [
            "line 3: there is no column `learner` or `learner id` or `id` or `matricola` or \
             `identifiers` or `identifier` or `identificativi` or `identificativo`: the first line \
             must name the columns, such as learner,name,region",
            "line 3: there is no column `region` or `regione`: the first line must name the \
             columns, such as learner,name,region",
            "line 3, Name: means the same as column `nome`: keep one of them",
            "line 3: column 3 has no heading: name it or remove it",
            "line 3, name: means the same as column `nome`: keep one of them",
        ]
    );
    assert_eq!(
        read(b"id,region,Citt\xc3\xa0,citta\n").unwrap_err(),
        ["line 1, citta: means the same as column `Città`: keep one of them"]
    );
    for nothing in ["", "\r\n\r\n", "\u{feff}", "sep=;\n"] {
        let faults = read(nothing.as_bytes()).unwrap_err();
        assert_eq!(
            faults,
            ["line 1: there is nothing in it: begin with a line such as learner,name,region"]
        );
    }
}

#[test]
fn lines_are_counted_as_an_editor_does_whatever_ends_them() {
    let text =
        "learner,name,region\nu1,\"Two\nlines\",Umbria\n\nu2,,Lazio\n,,\nu3,x\nu4,a,b,c\nu5,,\n";
    for end in ["\n", "\r\n", "\r"] {
        assert_eq!(
            read(text.replace('\n', end).as_bytes()).unwrap_err(),
            [
                "line 7: 2 values where the header has 3: add or remove separators, and put a \
                 value that contains one in quotation marks",
                "line 8: 4 values where the header has 3: add or remove separators, and put a \
                 value that contains one in quotation marks",
            ],
            "{end:?}"
        );
        let right = text.replace("u3,x\nu4,a,b,c\n", "").replace('\n', end);
        let two = format!("Two{end}lines");
        let expected =
            [row(2, "u1", &two, "Umbria"), row(5, "u2", "", "Lazio"), row(7, "u5", "", "")];
        assert_eq!(read(right.as_bytes()).unwrap(), expected, "{end:?}");
    }
}

#[test]
fn a_quotation_mark_that_never_ends_does_not_swallow_the_lines_after_it() {
    let text = "learner,name,region\nu1,Rossi,Umbria\nu2,Verdi,\"Lazio\nu3,Bianchi,Umbria\n";
    assert_eq!(
        read(text.as_bytes()).unwrap_err(),
        ["line 3: a quotation mark begins here that never ends: close it, or write it twice"]
    );
    assert!(read(text.replace("\"Lazio", "\"La \"\"Zio\"\"\nx\"").as_bytes()).is_ok());
}

#[test]
fn a_sheet_of_faults_is_read_no_further_than_they_are_told() {
    let faults = read(format!("learner,region\n{}", "1\n".repeat(1_000_000)).as_bytes());
    let faults = faults.unwrap_err();
    assert_eq!(faults.len(), 101);
    assert!(faults[99].starts_with("line 101: 1 values where the header has 2: "));
    assert_eq!(
        faults[100],
        "line 102: there are more faults from this line on: mend the 100 above and send the sheet \
         again"
    );
    let faults = read(format!("learner,region\n{}", "1\n".repeat(100)).as_bytes());
    assert_eq!(faults.unwrap_err().len(), 100, "these are all");
}

#[test]
fn headers_and_lines_are_no_longer_than_those_of_sheets() {
    let told = read(",".repeat(1 << 20).as_bytes()).unwrap_err();
    assert!(told[0].starts_with("line 1: the header is longer than a header can be"), "{told:?}");
    let long = format!("learner,region\nu1,Umbria\nu2,{}\nu3,Umbria\n", "x".repeat(2 << 20));
    let told = read(long.as_bytes()).unwrap_err();
    assert!(told[0].starts_with("line 3: this line is longer than a line can be"), "{told:?}");
    let open = format!("learner,region\nu1,\"Umbria\n{}", "u2,Umbria\n".repeat(200_000));
    let told = read(open.as_bytes()).unwrap_err();
    assert!(
        told[0].starts_with("line 2: a quotation mark begins here that never ends"),
        "{told:?}"
    );
    let taken = format!("learner,region\nu1,{}\n", "x".repeat(1_000_000));
    assert_eq!(read(taken.as_bytes()).unwrap()[0].0, 2);
    let name = "x".repeat(1000);
    let told = read(format!("learner,{name},{name}\n").as_bytes()).unwrap_err();
    assert!(told.iter().all(|told| told.len() < 500), "{told:?}");
}
