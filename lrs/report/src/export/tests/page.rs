use super::super::Format;
use super::{Language, sample, written};
use crate::{Cell, PageError, Sort, Table, TablePage};
use course::Bilingual;

/// The sample with rows of these attempts, the hours of each being its place.
fn table(attempts: &[Option<u64>]) -> Table {
    let mut table = sample();
    let row = table.rows.remove(0);
    table.rows = (attempts.iter().enumerate())
        .map(|(place, attempts)| {
            let mut row = row.clone();
            row[0] = Cell::Text(format!("Persona {place}"));
            row[2] = attempts.map_or(Cell::Suppressed, Cell::Count);
            row[3] = Cell::Hours(f64::from(u32::try_from(place).unwrap()));
            row
        })
        .collect();
    table
}

/// The places of the rows, as they were before.
fn places(table: &Table) -> Vec<f64> {
    let hours = table.rows.iter().map(|row| match row[3] {
        Cell::Hours(hours) => hours,
        _ => -1.0,
    });
    hours.collect()
}

fn sorted(by: &str) -> TablePage {
    TablePage { sort: by.parse().ok(), ..TablePage::default() }
}

#[test]
fn an_empty_page_is_the_whole_table() {
    let (mut paged, whole) = (sample(), sample());
    assert_eq!(paged.page(&TablePage::default(), Language::It), Ok(()));
    assert_eq!(paged, whole);
}

#[test]
fn what_is_equal_stays_in_order_and_what_has_no_value_stands_last_either_way() {
    let attempts = [Some(2), None, Some(1), Some(2), Some(10)];
    let mut table = table(&attempts);
    let mut largest = table.clone();
    table.page(&sorted("attempts"), Language::It).unwrap();
    assert_eq!(places(&table), [2.0, 0.0, 3.0, 4.0, 1.0]);
    largest.page(&sorted("-attempts"), Language::It).unwrap();
    assert_eq!(places(&largest), [4.0, 0.0, 3.0, 2.0, 1.0]);
}

#[test]
fn a_page_says_how_many_rows_there_are_in_all() {
    let mut table = table(&[Some(1); 7]);
    table
        .page(&TablePage { offset: 5, limit: Some(3), ..TablePage::default() }, Language::It)
        .unwrap();
    assert_eq!((places(&table), table.found), (vec![5.0, 6.0], Some(7)));
    let text = written(&table, Format::Json, Language::En);
    assert!(text.ends_with(r#","found":7}"#), "{text}");
    table.page(&TablePage { offset: 9, ..TablePage::default() }, Language::It).unwrap();
    assert!(table.rows.is_empty());
}

#[test]
fn a_search_finds_texts_in_any_case_and_leaves_no_totals_of_other_rows() {
    let mut table = table(&[Some(1), Some(2), Some(3)]);
    table.totals = Some(vec![Cell::Empty; table.columns.len()]);
    let search = TablePage { search: Some("PERSONA 1".into()), ..TablePage::default() };
    table.page(&search, Language::It).unwrap();
    assert_eq!((places(&table), table.found, table.totals), (vec![1.0], Some(1), None));
}

#[test]
fn an_unknown_column_is_refused_with_those_there_are() {
    let mut table = sample();
    let refused = table.page(&sorted("-Hours"), Language::It);
    let Err(PageError::UnknownColumn { key, known }) = refused else { panic!("{refused:?}") };
    assert_eq!(key, "Hours");
    assert!(known.starts_with("learner, offices, attempts, hours"), "{known}");
    assert_eq!(table, sample());
    assert_eq!("-a".parse::<Sort>(), Ok(Sort { key: "a".into(), descending: true }));
}

#[test]
fn conditions_leave_the_rows_that_fulfil_all_of_them() {
    let left = |only: &[&str]| {
        let mut table = table(&[Some(2), None, Some(11), Some(3)]);
        let only = only.iter().map(|it| it.parse().unwrap()).collect();
        table.page(&TablePage { only, ..TablePage::default() }, Language::It).unwrap();
        places(&table)
    };
    assert_eq!(left(&["attempts>=3"]), [2.0, 3.0]);
    assert_eq!(left(&["attempts<=3"]), [0.0, 3.0]);
    assert_eq!(left(&["attempts!=2"]), [2.0, 3.0], "a suppressed figure is neither");
    assert_eq!(left(&["attempts=2", "state=in_progress"]), [0.0]);
    assert!(left(&["state!=in_progress"]).is_empty());
    assert_eq!(left(&["born>=1980-01-31", "born<=1980-01-31", "learner=Persona 3"]), [3.0]);
    assert!("attempts".parse::<crate::Condition>().is_err());
    let unknown = TablePage { only: vec!["nothing=1".parse().unwrap()], ..TablePage::default() };
    assert!(sample().page(&unknown, Language::It).is_err());
}

#[test]
fn a_condition_on_what_has_no_single_value_is_refused() {
    let asked = |table: &mut Table, only: &str| {
        let only = vec![only.parse().unwrap()];
        table.page(&TablePage { only, ..TablePage::default() }, Language::It)
    };
    let refused = |key: &str| Err(PageError::NoSingleValues { key: key.to_owned() });
    let names = || Bilingual::new("Zucca", "Apple");
    let mut table = table(&[Some(1), Some(2)]);
    assert_eq!(asked(&mut table, "last_seen>=2026-05-04"), refused("last_seen"));
    assert_eq!(asked(&mut table, "signature=x"), refused("signature"));
    for cell in [
        Cell::List(["one".to_owned()].into()),
        Cell::Names([names()].into()),
        Cell::Bilingual(Box::new(names())),
    ] {
        table.rows[1][1] = cell;
        assert_eq!(asked(&mut table, "offices=one"), refused("offices"));
    }
    for row in &mut table.rows {
        row[1] = Cell::code("one", names());
    }
    assert_eq!(asked(&mut table, "offices=one"), Ok(()));
    assert_eq!(table.rows.len(), 2);
}

#[test]
fn what_is_there_in_two_languages_is_sorted_as_it_reads() {
    let words = [("Zucca", "Apple"), ("Albero", "Tree")].map(|(it, en)| Bilingual::new(it, en));
    let in_order = |language: Language, cells: [Cell; 2]| {
        let mut table = table(&[Some(1), Some(2)]);
        for (row, cell) in table.rows.iter_mut().zip(cells) {
            row[1] = cell;
        }
        table.page(&sorted("offices"), language).unwrap();
        places(&table)
    };
    let bilingual = || words.clone().map(|it| Cell::Bilingual(Box::new(it)));
    let codes = || words.clone().map(|it| Cell::code("x", it));
    assert_eq!(in_order(Language::It, bilingual()), [1.0, 0.0]);
    assert_eq!(in_order(Language::En, bilingual()), [0.0, 1.0]);
    assert_eq!(in_order(Language::It, codes()), [1.0, 0.0]);
    assert_eq!(in_order(Language::En, codes()), [0.0, 1.0]);
}
