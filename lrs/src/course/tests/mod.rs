mod evidence;
mod file;
mod fold;
mod learners;
mod report;
mod sheet;
