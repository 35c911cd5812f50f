//! What Traccia does with a store: the use cases, which know nothing of HTTP and of engines.
//!
//! [`record`] keeps and finds statements and documents, [`progress`] turns them into reports on
//! courses, [`packages`] hosts packages and plays them, [`keys`] makes the keys that a server begins with, [`people`] signs
//! people in, [`audit`] notes who changed what, [`refusals`] keeps why requests were refused, [`vitals`] tells how the server
//! fares, [`reactions`] write statements when learners come to something, [`pipes`] carries statements to other stores
//! and from there, [`transfer`] copies a whole store into another one, [`datasets`] gives the log as tables and keeps these
//! as files. [`scan`] has files looked at for malware. [`compute`] takes long work off the asynchronous threads.

pub mod audit;
pub mod compute;
pub mod datasets;
pub mod dossier;
pub mod erasure;
mod former;
pub mod jobs;
mod keyed;
pub mod keys;
mod large;
pub mod memory;
pub mod packages;
pub mod people;
pub mod pipes;
pub mod progress;
pub mod reactions;
pub mod record;
pub mod refusals;
pub mod retention;
pub mod scan;
pub mod transfer;
pub mod vitals;
