mod certificate;
mod descriptor;
mod hours;
mod report;
#[allow(dead_code, reason = "the tests of courses use other parts of it")]
#[path = "../../../course/src/tests/scene.rs"]
mod scene;
mod signing;
mod totals;
mod usage;
