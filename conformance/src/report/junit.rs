//! For continuous integration: XML of the kind that `JUnit` writes.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::result::{CaseResult, Outcome, Run};

/// One suite for each version.
pub(super) fn render(run: &Run) -> String {
    let mut report = Report::new("xapi-conformance");
    for version in run.versions() {
        let mut suite = TestSuite::new(format!("xAPI {version}"));
        for case in run.cases.iter().filter(|case| case.version == version) {
            suite.add_test_case(test_case(case));
        }
        report.add_test_suite(suite);
    }
    report.to_string().unwrap_or_default()
}

fn test_case(case: &CaseResult) -> TestCase {
    let not = |kind: NonSuccessKind, message: String| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(message);
        status
    };
    let skipped = |reason: String| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(reason);
        status
    };
    let status = match (&case.outcome, &case.known) {
        (Outcome::Passed, _) => TestCaseStatus::success(),
        (Outcome::Skipped { reason }, _) => skipped(reason.clone()),
        (Outcome::NotRun, _) => skipped("the run ended before it".to_owned()),
        (_, Some(reason)) => skipped(format!("known to fail: {reason}")),
        (Outcome::Failed { expected, got }, None) => {
            let clauses = case.clauses().join("; ");
            not(NonSuccessKind::Failure, format!("expected {expected}, got {got} [{clauses}]"))
        }
        (Outcome::NoAnswer { reason }, None) => not(NonSuccessKind::Error, reason.clone()),
    };
    let mut test = TestCase::new(case.id.clone(), status);
    test.set_classname(case.area.clone());
    test.set_time(Duration::from_millis(case.milliseconds));
    if let Some(exchange) = &case.evidence {
        test.set_system_out(format!("{}\n{}", exchange.curl, exchange.answer));
    }
    test
}
