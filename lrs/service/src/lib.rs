//! What Traccia does with a store: the use cases, which know nothing of HTTP and of engines.
//!
//! [`record`] keeps and finds statements and documents, [`progress`] turns them into reports on
//! courses, [`packages`] hosts packages and plays them, [`keys`] makes the keys that a server begins with, [`transfer`]
//! copies a whole store into another one. [`compute`] takes long work off the asynchronous threads.

pub mod compute;
pub mod keys;
pub mod memory;
pub mod packages;
pub mod progress;
pub mod record;
pub mod transfer;
