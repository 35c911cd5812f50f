//! Invented learners in real public bodies.

use csv::WriterBuilder;
use rand::Rng;
use rand::seq::IndexedRandom;

/// Territory, province, body, ISTAT code; a body that is no municipality has no code.
type Place = (&'static str, &'static str, &'static str, &'static str);

const PLACES: [Place; 34] = [
    ("Lombardia", "Milano", "Comune di Milano", "015146"),
    ("Lombardia", "Bergamo", "Comune di Bergamo", "016024"),
    ("Lombardia", "Brescia", "Comune di Brescia", "017029"),
    ("Lombardia", "Como", "Comune di Como", "013075"),
    ("Lombardia", "Varese", "Comune di Varese", "012133"),
    ("Lombardia", "Monza e Brianza", "Comune di Monza", "108033"),
    ("Lombardia", "Mantova", "Comune di Mantova", "020030"),
    ("Lombardia", "Pavia", "Comune di Pavia", "018110"),
    ("Lombardia", "Cremona", "Comune di Cremona", "019036"),
    ("Lombardia", "Milano", "Cooperativa sociale La Soglia", ""),
    ("Sicilia", "Palermo", "Comune di Palermo", "082053"),
    ("Sicilia", "Catania", "Comune di Catania", "087015"),
    ("Sicilia", "Messina", "Comune di Messina", "083048"),
    ("Sicilia", "Siracusa", "Comune di Siracusa", "089017"),
    ("Sicilia", "Ragusa", "Comune di Pozzallo", "088008"),
    ("Sicilia", "Trapani", "Comune di Trapani", "081021"),
    ("Sicilia", "Agrigento", "Comune di Agrigento", "084001"),
    ("Sicilia", "Agrigento", "Comune di Lampedusa e Linosa", "084020"),
    ("Sicilia", "Caltanissetta", "Comune di Caltanissetta", "085004"),
    ("Sicilia", "Palermo", "Cooperativa sociale Approdo", ""),
    ("Umbria", "Perugia", "Comune di Perugia", "054039"),
    ("Umbria", "Perugia", "Comune di Foligno", "054018"),
    ("Umbria", "Perugia", "Comune di Città di Castello", "054013"),
    ("Umbria", "Perugia", "Comune di Spoleto", "054051"),
    ("Umbria", "Perugia", "Comune di Gubbio", "054024"),
    ("Umbria", "Perugia", "Comune di Assisi", "054001"),
    ("Umbria", "Terni", "Comune di Terni", "055032"),
    ("Umbria", "Terni", "Comune di Orvieto", "055023"),
    ("Roma Capitale", "Roma", "Roma Capitale, Dipartimento politiche sociali", "058091"),
    ("Roma Capitale", "Roma", "Roma Capitale, Municipio I", "058091"),
    ("Roma Capitale", "Roma", "Roma Capitale, Municipio V", "058091"),
    ("Roma Capitale", "Roma", "Roma Capitale, Municipio VI", "058091"),
    ("Roma Capitale", "Roma", "Roma Capitale, Municipio X", "058091"),
    ("Roma Capitale", "Roma", "Roma Capitale, Polizia locale", "058091"),
];

const ROLES: [&str; 10] = [
    "manager", "official", "official", "official", "official", "official", "official", "operator",
    "operator", "operator",
];

const OFFICES: [&str; 6] = [
    "social services",
    "demographic services",
    "immigrant help desk",
    "municipal police",
    "education services",
    "public relations office",
];

const FIRST_NAMES: [&str; 24] = [
    "Maria",
    "Anna",
    "Giulia",
    "Francesca",
    "Paola",
    "Chiara",
    "Elena",
    "Silvia",
    "Laura",
    "Marta",
    "Rosaria",
    "Agata",
    "Marco",
    "Luca",
    "Andrea",
    "Giovanni",
    "Paolo",
    "Salvatore",
    "Stefano",
    "Davide",
    "Matteo",
    "Fabio",
    "Nicolò",
    "Amina",
];

const SURNAMES: [&str; 32] = [
    "Rossi", "Russo", "Ferrari", "Esposito", "Bianchi", "Romano", "Colombo", "Ricci", "Marino",
    "Greco", "Bruno", "Gallo", "Conti", "De Luca", "Mancini", "Costa", "Giordano", "Rizzo",
    "Lombardi", "Moretti", "Barbieri", "Fontana", "Santoro", "Mariani", "Rinaldi", "Caruso",
    "Ferrara", "Galli", "Martini", "Leone", "D'Angelo", "Hoxha",
];

/// Moodle's numbers of the cohort begin here.
const FIRST_NUMBER: usize = 1001;

/// One invented learner.
pub(super) struct Person {
    /// Their number in Moodle.
    pub(super) number: usize,
    pub(super) name: String,
    /// With `mailto:`; distinct, because the number is in it.
    pub(super) mbox: String,
    place: Place,
    role: &'static str,
    office: &'static str,
}

impl Person {
    pub(super) fn new(n: usize, chance: &mut impl Rng) -> Self {
        let mut pick = |from: &[&'static str]| from.choose(chance).copied().unwrap_or_default();
        let (first, last) = (pick(&FIRST_NAMES), pick(&SURNAMES));
        let (role, office) = (pick(&ROLES), pick(&OFFICES));
        let number = FIRST_NUMBER + n;
        let letters = |name: &str| -> String {
            let plain = name.to_lowercase().replace('ò', "o");
            plain.chars().filter(char::is_ascii_alphabetic).collect()
        };
        Self {
            number,
            name: format!("{first} {last}"),
            mbox: format!("mailto:{}.{}.{number}@pa.example.it", letters(first), letters(last)),
            place: PLACES.choose(chance).copied().unwrap_or_default(),
            role,
            office,
        }
    }
}

/// The cohort as a learner list; everyone is known by account and by mail address.
pub(super) fn list(people: &[Person], home_page: &str) -> String {
    let mut csv = WriterBuilder::new().from_writer(Vec::new());
    let header =
        ["learner", "name", "identifiers", "region", "province", "body", "istat", "role", "office"];
    let header = std::iter::once(header.map(str::to_owned));
    let lines = people.iter().map(|person| {
        let Person { number, name, mbox, place: (region, province, body, istat), role, office } =
            person;
        let identifiers = format!("account:{home_page}|{number};{mbox}");
        let id = format!("u{number}");
        let texts: [&str; 9] =
            [&id, name, &identifiers, region, province, body, istat, role, office];
        texts.map(str::to_owned)
    });
    // Writing to memory fails only on lines of unequal length, and these are made alike.
    let written = header.chain(lines).map(|line| csv.write_record(line)).all(|line| line.is_ok());
    debug_assert!(written, "every line has the header's fields");
    String::from_utf8(csv.into_inner().unwrap_or_default()).unwrap_or_default()
}
