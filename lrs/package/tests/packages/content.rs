//! Content that does what its author did not mean.

use package::Rule;

use crate::sound::{scorm_12, scorm_2004};
use crate::{Case, case};

fn script(name: &'static str, rule: Rule, from: &'static str, to: &'static str) -> Case {
    case(name, rule, move || scorm_12().with("sco.js", from, to).packed())
}

fn page(name: &'static str, rule: Rule, html: &'static str) -> Case {
    case(name, rule, move || {
        scorm_12().with("index.html", "</body>", &format!("{html}</body>")).packed()
    })
}

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case("content without the API", Rule::ApiNotFound, || {
            scorm_12().without("sco.js").and("sco.js", "alert(1)").packed()
        }),
        case("content of the other version", Rule::ApiOtherVersion, || {
            let other = scorm_2004("CAM 1.3").text("sco.js");
            scorm_12().without("sco.js").and("sco.js", other).packed()
        }),
        script("no end", Rule::ApiNoFinish, "LMSFinish", "LMSCommit"),
        script("no status", Rule::ApiNoStatus, "lesson_status", "lesson_mode"),
        script(
            "a place that is kept",
            Rule::SuspendDataLimit,
            "cmi.core.score.raw",
            "cmi.suspend_data",
        ),
        page(
            "a script from elsewhere",
            Rule::HostLoaded,
            "<script src=\"https://cdn.elsewhere.org/x.js\"></script>",
        ),
        page(
            "a style from elsewhere",
            Rule::HostLoaded,
            "<link rel=\"stylesheet\" href=\"https://fonts.elsewhere.org/x.css\">",
        ),
        page(
            "an image in clear",
            Rule::MixedContent,
            "<img src=\"http://cdn.elsewhere.org/x.png\">",
        ),
        page(
            "a link to elsewhere",
            Rule::HostNamed,
            "<a href=\"https://www.elsewhere.org/\">x</a>",
        ),
        page("the author's computer", Rule::LocalAddress, "<img src=\"file:///C:/x.png\">"),
        page(
            "the author's server",
            Rule::LocalAddress,
            "<script src=\"http://localhost:3000/x.js\"></script>",
        ),
        page("Flash in a page", Rule::Flash, "<embed type=\"application/x-shockwave-flash\">"),
        page("Java in a page", Rule::Java, "<applet code=\"X\"></applet>"),
        case("a Flash film", Rule::Flash, || scorm_12().and("x.swf", "FWS").packed()),
        case("a Java archive", Rule::Java, || scorm_12().and("x.jar", "PK").packed()),
        case("a word where one piece of a file ends and the next begins", Rule::Flash, || {
            let far = " ".repeat(64 * 1024 - 60) + "<embed type=\"application/x-shockwave-flash\">";
            scorm_12().with("index.html", "</body>", &far).packed()
        }),
    ]
}
