//! Scenes: each starts the real binary, lets someone ask, and looks at the whole answer. One file per topic.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod access;
mod alternate_request;
mod attachments;
mod backup;
mod bad_input;
mod budget;
mod certificates;
mod check_in;
mod command_line;
mod compression;
mod concurrency;
mod connections;
mod coordinators;
mod course_editor;
mod courses;
mod crash;
mod cross_origin;
#[cfg(unix)]
mod data_folder;
mod demo;
mod documents;
mod enrolment;
mod faults;
mod first_start;
mod guarded;
mod hosting;
mod import;
mod key_life;
mod launch;
mod limits;
mod machine;
mod moodle;
mod moodle_scorm;
mod mounts;
mod operations;
mod origins;
mod output;
mod package_keys;
mod packages;
mod paging;
mod parameters;
mod people;
mod people_and_activities;
mod pipes;
mod pipes_killed;
mod presence;
mod privacy;
mod programmes;
mod progress;
mod queries;
mod ralph;
mod reactions;
mod refusals;
mod refused;
mod related;
mod reports;
mod rights;
mod sessions;
mod shapes;
mod signatures;
mod statements;
mod versions;
