//! Who may see and do what: keys, scopes and the rights they give. Pure: no I/O, no clock.

pub mod bounds;
pub mod caller;
pub mod key;
pub mod scope;
