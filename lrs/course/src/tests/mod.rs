mod dates;
mod edit;
mod enrolment;
mod evidence;
mod faults;
mod file;
mod fold;
mod learners;
mod list_change;
mod list_warning;
mod package;
mod presence_sheet;
mod said;
#[allow(dead_code, reason = "the tests of reports share it, and use other parts")]
mod scene;
mod sheet;
mod usage;
