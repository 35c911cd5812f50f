//! Rules about single strings: one for each format that a schema names, under the format's name.

use crate::rule::Rule;

pub(super) const RULES: [Rule; 14] = [
    Rule {
        id: "uuid",
        clause: "xAPI 1.0.3 Data 4.4",
        summary: "A UUID is written as 32 hexadecimal digits in five groups parted by dashes.",
        remedy: "Generate the id with a UUID library and send its hyphenated form.",
    },
    Rule {
        id: "iri",
        clause: "xAPI 1.0.3 Data 2.2, 4.3",
        summary: "An IRI is absolute: it begins with a scheme, and blanks are escaped.",
        remedy: "Send the full address with its scheme, such as https://, escaped where needed.",
    },
    Rule {
        id: "extension-key-iri",
        clause: "xAPI 1.0.3 Data 4.1",
        summary: "The keys of extensions are absolute IRIs.",
        remedy: "Name the extension by an address you control, with its scheme.",
    },
    Rule {
        id: "language-tag",
        clause: "xAPI 1.0.3 Data 4.2",
        summary: "Languages are named by RFC 5646 tags.",
        remedy: "Use a tag such as it, en-GB or zh-Hant.",
    },
    Rule {
        id: "timestamp",
        clause: "xAPI 1.0.3 Data 4.5",
        summary: "A timestamp is an ISO 8601 date and time whose offset is never -00:00.",
        remedy: "Send it as RFC 3339 in UTC: 2026-03-01T08:30:00Z.",
    },
    Rule {
        id: "timestamp-rfc3339",
        clause: "xAPI 2.0.0 4.2.7",
        summary: "A timestamp is an RFC 3339 date and time whose offset is never -00:00.",
        remedy: "Send date, time with seconds, and zone: 2026-03-01T08:30:00Z.",
    },
    Rule {
        id: "duration",
        clause: "xAPI 1.0.3 Data 4.6",
        summary: "A duration is written with ISO 8601 designators.",
        remedy: "Write it as PT1H30M or P3D; weeks stand alone, fractions in the last number.",
    },
    Rule {
        id: "mailbox",
        clause: "xAPI 1.0.3 Data 2.4.2.3",
        summary: "An mbox is mailto: and one e-mail address.",
        remedy: "Put mailto: before the bare address, without a display name.",
    },
    Rule {
        id: "sha1",
        clause: "xAPI 1.0.3 Data 2.4.2.3",
        summary: "An mbox_sha1sum is 40 hexadecimal digits.",
        remedy: "Hash the mailto: IRI with SHA-1 and send the digest in hexadecimal.",
    },
    Rule {
        id: "sha2",
        clause: "xAPI 1.0.3 Data 2.4.11",
        summary: "A sha2 is the hexadecimal digest of SHA-224, SHA-256, SHA-384 or SHA-512.",
        remedy: "Hash the attachment's bytes and send the digest in hexadecimal.",
    },
    Rule {
        id: "media-type",
        clause: "xAPI 1.0.3 Data 2.4.11",
        summary: "A content type is an internet media type.",
        remedy: "Send a type and a subtype, such as application/pdf.",
    },
    Rule {
        id: "version",
        clause: "xAPI 1.0.3 Data 2.4.10",
        summary: "The version of a statement is 1.0 or begins with 1.0.",
        remedy: "Leave the version out, or set it to 1.0.0.",
    },
    Rule {
        id: "version-2",
        clause: "xAPI 2.0.0 4.2.4.3",
        summary: "The version of a statement is 2.0.0, or 1.0.x when it was made under xAPI 1.0.",
        remedy: "Leave the version out, or set it to 2.0.0.",
    },
    Rule {
        id: "attachment-length",
        clause: "xAPI 1.0.3 Data 2.4.11",
        summary: "The length of an attachment is a number of octets, hence not negative.",
        remedy: "Send the size of the attachment's data in bytes.",
    },
];
