//! What a request may see and do: keys, their tickets, scopes and the rights they give; people, their roles, passwords,
//! codes and sessions. No I/O, no clock.

pub mod audit;
pub mod bounds;
pub mod bundle;
pub mod caller;
pub mod chain;
pub mod key;
pub mod made_up;
pub mod password;
pub mod person;
pub mod role;
pub mod scope;
pub mod session;
pub mod ticket;
pub mod totp;
