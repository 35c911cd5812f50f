//! The programmes that come with Traccia: their course files, and of whom their cohorts consist.

/// A programme whose course file is part of the program.
#[derive(Debug)]
pub struct Programme {
    /// The id of its course.
    pub id: &'static str,
    /// Its course file, TOML.
    pub file: &'static str,
    /// How many learners it has.
    pub learners: usize,
    pub(super) cast: Cast,
}

/// Of whom a cohort consists.
#[derive(Debug)]
pub(super) struct Cast {
    /// The bodies, CSV.
    pub(super) bodies: &'static str,
    pub(super) spread: Spread,
    /// Role, office, and how many of all have them.
    pub(super) posts: &'static [(&'static str, &'static str, u32)],
    /// Regions with a platform of their own; the others learn on that of the course.
    pub(super) platforms: &'static [(&'static str, &'static str)],
    /// Whether learners have a gender, where they gave it.
    pub(super) gender: bool,
    /// A learner, by place in the cohort from 0, who has not begun, and their region: whoever
    /// tries Traccia out sends their first statement.
    pub(super) newcomer: Option<(usize, &'static str)>,
}

/// How learners come from bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spread {
    /// Any body for any learner.
    Drawn,
    /// Body after body, one to four learners each.
    Each,
}

/// The five programmes, in the order in which they are told of.
pub static PROGRAMMES: [Programme; 5] = [
    Programme {
        id: "prog-2796",
        file: include_str!("../courses/prog-2796.toml"),
        learners: 520,
        cast: Cast {
            bodies: include_str!("bodies/prog-2796.csv"),
            spread: Spread::Drawn,
            posts: &[
                ("manager", "social services", 3),
                ("manager", "demographic services", 2),
                ("official", "social services", 14),
                ("official", "demographic services", 12),
                ("official", "immigrant help desk", 8),
                ("official", "municipal police", 8),
                ("official", "education services", 8),
                ("official", "public relations office", 6),
                ("operator", "social services", 14),
                ("operator", "immigrant help desk", 14),
            ],
            platforms: &[
                ("Lombardia", "https://elearning.anci-lombardia.example.it"),
                ("Sicilia", "https://fad.anci-sicilia.example.it"),
            ],
            gender: false,
            newcomer: Some((12, "Umbria")),
        },
    },
    Programme {
        id: "anci-formazione-immigrazione",
        file: include_str!("../courses/anci-formazione-immigrazione.toml"),
        learners: 896,
        cast: Cast {
            bodies: include_str!("bodies/anci-formazione-immigrazione.csv"),
            spread: Spread::Each,
            posts: &[
                ("administrator", "social services", 4),
                ("manager", "demographic services", 5),
                ("manager", "social services", 5),
                ("manager", "municipal police", 3),
                ("official", "demographic services", 30),
                ("official", "social services", 25),
                ("official", "immigrant help desk", 10),
                ("official", "municipal police", 18),
            ],
            platforms: &[],
            gender: false,
            newcomer: None,
        },
    },
    Programme {
        id: "mimain-2740",
        file: include_str!("../courses/mimain-2740.toml"),
        learners: 150,
        cast: Cast {
            bodies: include_str!("bodies/mimain-2740.csv"),
            spread: Spread::Drawn,
            posts: &[
                ("manager", "social services", 8),
                ("official", "social services", 25),
                ("official", "demographic services", 15),
                ("operator", "health services", 22),
                ("operator", "immigrant help desk", 20),
                ("official", "municipal police", 10),
            ],
            platforms: &[],
            gender: true,
            newcomer: None,
        },
    },
    Programme {
        id: "for-pa-105920",
        file: include_str!("../courses/for-pa-105920.toml"),
        learners: 130,
        cast: Cast {
            bodies: include_str!("bodies/for-pa-105920.csv"),
            spread: Spread::Drawn,
            posts: &[
                ("official", "front office", 20),
                ("official", "public relations office", 16),
                ("official", "education services", 20),
                ("official", "social services", 24),
                ("mayor", "", 5),
                ("councillor", "", 9),
                ("manager", "", 6),
            ],
            platforms: &[],
            gender: false,
            newcomer: None,
        },
    },
    Programme {
        id: "formare-per-integrare",
        file: include_str!("../courses/formare-per-integrare.toml"),
        learners: 300,
        cast: Cast {
            bodies: include_str!("bodies/formare-per-integrare.csv"),
            spread: Spread::Drawn,
            posts: &[
                ("official", "demographic services", 16),
                ("official", "public relations office", 10),
                ("official", "social services", 18),
                ("operator", "health services", 14),
                ("official", "education services", 10),
                ("operator", "school", 12),
                ("official", "legal services", 6),
                ("official", "municipal police", 14),
            ],
            platforms: &[],
            gender: false,
            newcomer: None,
        },
    },
];

/// The cohort of a course of which nothing more is known.
pub(super) static ANYBODY: Cast = Cast {
    bodies: include_str!("bodies/prog-2796.csv"),
    spread: Spread::Drawn,
    posts: &[
        ("manager", "social services", 1),
        ("official", "social services", 4),
        ("official", "demographic services", 3),
        ("operator", "immigrant help desk", 2),
    ],
    platforms: &[],
    gender: false,
    newcomer: None,
};

/// The programme of this course id, if it is one of the five.
pub fn programme(id: &str) -> Option<&'static Programme> {
    PROGRAMMES.iter().find(|programme| programme.id == id)
}
