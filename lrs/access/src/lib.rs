//! What a request may see and do: keys, their tickets, scopes and the rights they give. No I/O, no clock.

pub mod bounds;
pub mod caller;
pub mod key;
pub mod made_up;
pub mod scope;
pub mod ticket;
