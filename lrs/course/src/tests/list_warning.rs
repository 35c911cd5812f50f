//! What a list of learners is warned of.

use super::super::{LearnerList, ListWarning, Territories};

/// A list of these places and identifiers, from line 2 on.
fn warnings(lines: &[&str]) -> Vec<ListWarning> {
    let head = "learner,identifiers,region,province,istat\n".to_owned();
    let line = |(n, line): (usize, &&str)| format!("u{n},{line}\n");
    let text = lines.iter().enumerate().map(line).fold(head, |text, line| text + &line);
    LearnerList::parse(text.as_bytes()).unwrap().warnings(&Territories::Italy)
}

/// Each warning's kind, count, lines and values.
fn told(lines: &[&str]) -> Vec<(&'static str, usize, Vec<u64>, Vec<String>)> {
    let values = |it: &ListWarning| it.values.iter().map(ToString::to_string).collect();
    let parts = |it: ListWarning| (it.kind, it.count, it.lines.clone(), values(&it));
    warnings(lines).into_iter().map(parts).collect()
}

fn one(
    kind: &'static str,
    lines: &[u64],
    value: &str,
) -> (&'static str, usize, Vec<u64>, Vec<String>) {
    (kind, lines.len(), lines.to_vec(), vec![value.to_owned()])
}

const GOOD: &str = "mailto:g@example.it,Umbria,Perugia,054039";

#[test]
fn a_good_list_has_nothing_to_be_warned_of() {
    assert_eq!(told(&[GOOD]), []);
    let written_otherwise = [
        GOOD,
        "mailto:a@example.it,EMILIA ROMAGNA,RE,035033",
        "mailto:b@example.it,Trentino-Alto Adige,Bolzano,021008",
        "mailto:c@example.it,Provincia autonoma di Trento,Trento,022205",
        "mailto:d@example.it,Valle d'Aosta,Aosta,007003",
        "mailto:e@example.it,,,",
    ];
    assert_eq!(told(&written_otherwise), []);
}

#[test]
fn region_and_province_in_each_others_place_are_counted_with_their_lines() {
    let lines = [
        "mailto:a@example.it,Milano,Lombardia,015146",
        GOOD,
        "mailto:b@example.it,Milano,Lombardia,015146",
        "mailto:c@example.it,Trento,Trentino-Alto Adige,022205",
    ];
    let swapped = &told(&lines)[0];
    assert_eq!((swapped.0, swapped.1, &swapped.2), ("region-province-swapped", 3, &vec![2, 4, 5]));
    assert_eq!(told(&lines).len(), 1, "the code is held against what was meant");
}

#[test]
fn a_region_or_province_that_italy_does_not_have_is_offered_what_was_meant() {
    let lines =
        [GOOD, "mailto:a@example.it,Umbira,Perugia,054039", "mailto:b@x.it,Umbria,Peruggia,"];
    assert_eq!(
        told(&lines),
        [
            one("region-unknown", &[3], "Umbira: is it `Umbria`?"),
            one("province-unknown", &[4], "Peruggia: is it `Perugia`?"),
        ]
    );
    let abroad = ["mailto:a@example.it,Bayern,Oberbayern,09162000"];
    assert_eq!(told(&abroad), [], "nobody of this list is in Italy");
}

#[test]
fn a_code_without_its_zero_of_elsewhere_or_unknown_is_named() {
    let lines = [
        "mailto:a@example.it,Umbria,Perugia,54039",
        "mailto:b@example.it,Piemonte,Torino,1272",
        "mailto:c@example.it,Umbria,Terni,054039",
        "mailto:d@example.it,Sardegna,Cagliari,092009",
        "mailto:e@example.it,Umbria,Perugia,054999",
    ];
    let told = told(&lines);
    let zero = ("istat-without-zero", 2, vec![2, 3], vec!["1272".to_owned(), "54039".to_owned()]);
    assert_eq!(
        told,
        [
            zero,
            one("istat-elsewhere", &[4], "054039: Perugia, Umbria"),
            one("istat-former", &[5], "092009: 2025-12-31"),
            one("istat-unknown", &[6], "054999"),
        ]
    );
}

#[test]
fn identifiers_that_a_comma_makes_one_and_home_pages_with_a_slash_are_named() {
    let lines = [
        "\"account:https://m.example.it|7,mailto:a@example.it\",Umbria,Perugia,054039",
        "\"mailto:b@example.it,mailto:c@example.it\",Umbria,Perugia,054039",
        "\"account:https://m.example.it|Rossi, Maria\",Umbria,Perugia,054039",
        "account:https://m.example.it/|8,Umbria,Perugia,054039",
    ];
    let told = told(&lines);
    assert_eq!((told[0].0, told[0].1, &told[0].2), ("identifiers-joined", 2, &vec![2, 3]));
    assert_eq!(told[1], one("home-page-slash", &[5], "https://m.example.it/"));
    assert_eq!(told.len(), 2);
}

#[test]
fn of_many_lines_the_first_are_listed_and_all_are_counted() {
    let lines = ["mailto:x@example.it,Milano,Lombardia,015146"; 1];
    let many: Vec<String> = (0..30).map(|n| lines[0].replace("x@", &format!("x{n}@"))).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let warnings = warnings(&many);
    assert_eq!((warnings[0].count, warnings[0].lines.len()), (30, 10));
    assert_eq!(warnings[0].kind, "region-province-swapped");
}

/// A list with a region of Italy, one that is near it, and one elsewhere.
fn of_territories(territories: &Territories) -> Vec<(&'static str, Vec<String>)> {
    let list = "learner,identifiers,region,province,istat\n\
                u1,mailto:a@example.it,Umbria,Perugia,054039\n\
                u2,mailto:b@example.it,Umbira,Contea,999999\n\
                u3,mailto:c@example.it,Baviera,,\n";
    let told = LearnerList::parse(list.as_bytes()).unwrap().warnings(territories);
    let said = |it: &ListWarning| it.values.iter().map(ToString::to_string).collect();
    told.iter().map(|it| (it.kind, said(it))).collect()
}

#[test]
fn a_course_says_what_places_of_its_list_are_held_against() {
    let kinds: Vec<&str> =
        of_territories(&Territories::Italy).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["region-unknown", "province-unknown", "istat-unknown"]);
    assert_eq!(of_territories(&Territories::Any), []);
    let regions = Territories::Regions(["Umbria".to_owned(), "Tirolo".to_owned()].into());
    let values = ["Baviera", "Umbira: is it `Umbria`?"].map(str::to_owned).to_vec();
    assert_eq!(of_territories(&regions), [("region-unlisted", values)]);
}
