//! Faults as people read them: the catalogue has a text for each in both languages.

use texts::{Message, Texts};

use super::super::{CourseErrors, SheetErrors};

/// Faults of which the catalogue has a text in both languages.
fn in_both_languages<'m>(messages: impl Iterator<Item = &'m Message>) {
    for message in messages {
        let [it, en] = [Texts::italian(), Texts::english()].map(|texts| message.said(texts));
        let (Some(it), Some(en)) = (&it, &en) else {
            panic!("{message:?} is said so in Italian: {it:?}, so in English: {en:?}")
        };
        assert_ne!(it, en, "{message:?}");
    }
}

/// The English texts of a course file's faults, each with its place.
pub(super) fn of_course(errors: &CourseErrors) -> Vec<String> {
    in_both_languages(errors.0.iter().map(|error| &error.message));
    errors.0.iter().map(ToString::to_string).collect()
}

/// The English texts of a sheet's faults, each with its place.
pub(super) fn of_sheet(errors: &SheetErrors) -> Vec<String> {
    in_both_languages(errors.0.iter().map(|error| &error.message));
    errors.0.iter().map(ToString::to_string).collect()
}

/// Italian sentences as they come out, one for each way in which texts are put together.
#[test]
fn faults_are_said_in_italian_with_their_places() {
    use super::super::{Course, LearnerList};
    let course = |text: &str| Course::parse(text).unwrap_err().said_in(Texts::italian());
    let text = "id = 'c c'\ntitle = {}\ntime_zone = 'Europe/Roma'\nhoures = 4\nhours = '4,5'\n";
    let told = course(text);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(
        lines,
        [
            "1:6: l'id `c c` (corso) sta negli indirizzi: usare lettere a-z, cifre, `-`, `_` e `.`",
            "1:6: il corso non ha moduli: aggiungere una tabella [[module]]",
            "2:9: il titolo è vuoto: scrivere { it = \"…\" }",
            "3:13: `Europe/Roma` non è un fuso orario: scrivere un nome IANA come \"Europe/Rome\"",
            "4:1: un corso non ha la chiave `houres`: si intendeva `hours` o `hours_per_year`? Sono \
             ammessi `id`, `iri`, `title`, `time_zone`, `hours`, `hours_per_year`, `begins`, `ends`, \
             `planned`, `at_risk_days`, `territories`, `names`, `edition`, `certificate`, `module`",
            "5:9: `hours` è un numero: scrivere 4.5",
        ]
    );
    let list = "matricola,nome\nu1,Maria\n";
    let told = LearnerList::parse(list.as_bytes()).unwrap_err().said_in(Texts::italian());
    assert_eq!(
        told,
        "riga 1: manca la colonna `identifiers` o `identifier` o `identificativi` o \
         `identificativo`: la prima riga deve nominare le colonne, per esempio \
         learner,name,identifiers,region,province,body,istat,population_class,role,office,edition"
    );
    let list = "matricola,identificativi\nu1,gatto\n";
    let told = LearnerList::parse(list.as_bytes()).unwrap_err().said_in(Texts::italian());
    assert!(told.starts_with("riga 2, identificativi: `gatto` non è un identificativo:"), "{told}");
}
