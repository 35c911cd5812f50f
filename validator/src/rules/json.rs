//! Rules about the text itself and about the body as a whole.

use crate::rule::Rule;

pub(crate) const UTF8: Rule = Rule {
    id: "json-utf8",
    clause: "RFC 8259 8.1",
    summary: "JSON is encoded in UTF-8.",
    remedy: "Encode the body as UTF-8 before sending it.",
};

pub(crate) const SYNTAX: Rule = Rule {
    id: "json-syntax",
    clause: "RFC 8259 2",
    summary: "The body is one JSON value and nothing else.",
    remedy: "Build the body with a JSON library and send it whole.",
};

pub(crate) const BYTE_ORDER_MARK: Rule = Rule {
    id: "json-byte-order-mark",
    clause: "RFC 8259 8.1",
    summary: "JSON begins with no byte order mark.",
    remedy: "Save or send the body as UTF-8 without a byte order mark (BOM).",
};

pub(crate) const SURROGATE: Rule = Rule {
    id: "json-surrogate",
    clause: "RFC 8259 8.2",
    summary: "Every surrogate is one of a pair: half of an emoji is no character.",
    remedy: "Cut texts between characters, not within one.",
};

pub(crate) const DEPTH: Rule = Rule {
    id: "json-depth",
    clause: "RFC 8259 9",
    summary: "Arrays and objects nest at most 64 deep.",
    remedy: "Flatten the value, or carry it as an attachment.",
};

pub(crate) const SIZE: Rule = Rule {
    id: "json-size",
    clause: "RFC 8259 9",
    summary: "A text takes at most 192 MiB of memory once it is read, and six times its own bytes.",
    remedy: "Send fewer values at a time, or carry long lists as an attachment.",
};

pub(crate) const DUPLICATE_KEY: Rule = Rule {
    id: "json-duplicate-key",
    clause: "xAPI 1.0.3 Data 2.2",
    summary: "An object has each of its keys once.",
    remedy: "Keep one of the equal keys: which one counts is undefined.",
};

pub(crate) const NULL: Rule = Rule {
    id: "json-null",
    clause: "xAPI 1.0.3 Data 2.2",
    summary: "Nothing is null outside extensions.",
    remedy: "Leave the property out when it has no value.",
};

pub(crate) const STATEMENT_NOT_OBJECT: Rule = Rule {
    id: "statement-not-object",
    clause: "xAPI 1.0.3 Communication 2.1",
    summary: "A statement is a JSON object.",
    remedy: "Send one statement as an object, many as an array of objects.",
};

pub(crate) const BATCH_DUPLICATE_ID: Rule = Rule {
    id: "batch-duplicate-id",
    clause: "xAPI 2.0.0 4.1.6.1",
    summary: "No two statements of a batch have the same id.",
    remedy: "Send each statement once, under an id of its own.",
};

pub(super) const RULES: [Rule; 10] = [
    UTF8,
    BYTE_ORDER_MARK,
    SYNTAX,
    SURROGATE,
    DEPTH,
    SIZE,
    DUPLICATE_KEY,
    NULL,
    STATEMENT_NOT_OBJECT,
    BATCH_DUPLICATE_ID,
];
