mod evidence;
mod file;
mod fold;
mod learners;
mod list_change;
mod register;
mod report;
mod sheet;
