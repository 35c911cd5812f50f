//! Damage that was found in the database.

pub(super) use store::damage::Damage;
