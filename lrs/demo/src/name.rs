//! Names of people who do not exist.

/// First names, and whether a woman has them.
pub(super) const FIRST_NAMES: [(&str, bool); 24] = [
    ("Maria", true),
    ("Anna", true),
    ("Giulia", true),
    ("Francesca", true),
    ("Paola", true),
    ("Chiara", true),
    ("Elena", true),
    ("Silvia", true),
    ("Laura", true),
    ("Marta", true),
    ("Rosaria", true),
    ("Agata", true),
    ("Amina", true),
    ("Marco", false),
    ("Luca", false),
    ("Andrea", false),
    ("Giovanni", false),
    ("Paolo", false),
    ("Salvatore", false),
    ("Stefano", false),
    ("Davide", false),
    ("Matteo", false),
    ("Fabio", false),
    ("Nicolò", false),
];

pub(super) const SURNAMES: [&str; 32] = [
    "Rossi", "Russo", "Ferrari", "Esposito", "Bianchi", "Romano", "Colombo", "Ricci", "Marino",
    "Greco", "Bruno", "Gallo", "Conti", "De Luca", "Mancini", "Costa", "Giordano", "Rizzo",
    "Lombardi", "Moretti", "Barbieri", "Fontana", "Santoro", "Mariani", "Rinaldi", "Caruso",
    "Ferrara", "Galli", "Martini", "Leone", "D'Angelo", "Hoxha",
];

/// `name` in small letters a-z, as user names and addresses have it.
pub(super) fn letters(name: &str) -> String {
    let plain = name.to_lowercase().replace('ò', "o");
    plain.chars().filter(char::is_ascii_alphabetic).collect()
}
