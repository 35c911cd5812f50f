//! Rules about which properties stand where, and of which type; the schemas say them.

use crate::rule::Rule;

pub(crate) const VALUE_TYPE: Rule = Rule {
    id: "value-type",
    clause: "xAPI 1.0.3 Data 2.2",
    summary: "Every value has the JSON type that its property asks for.",
    remedy: "Send numbers and booleans without quotes, and objects and arrays where they belong.",
};

pub(crate) const PROPERTY_UNKNOWN: Rule = Rule {
    id: "property-unknown",
    clause: "xAPI 1.0.3 Data 2.2",
    summary: "Objects have no properties but those the standard gives them, in its case.",
    remedy: "Remove the property, or carry it in extensions under an IRI of your own.",
};

pub(super) const RULES: [Rule; 21] = [
    VALUE_TYPE,
    PROPERTY_UNKNOWN,
    Rule {
        id: "statement-required",
        clause: "xAPI 1.0.3 Data 2.2",
        summary: "A statement has an actor, a verb and an object.",
        remedy: "Add the property that is missing.",
    },
    Rule {
        id: "verb-id-required",
        clause: "xAPI 1.0.3 Data 2.4.3",
        summary: "A verb has an id.",
        remedy: "Name the verb by an IRI; display is for people only.",
    },
    Rule {
        id: "object-type",
        clause: "xAPI 1.0.3 Data 2.4.4",
        summary: "An objectType is one of the names the standard gives, in its case.",
        remedy: "Use the objectType that belongs in this place.",
    },
    Rule {
        id: "object-type-required",
        clause: "xAPI 1.0.3 Data 2.4.2.2",
        summary: "A Group says that it is one by its objectType.",
        remedy: "Add \"objectType\": \"Group\".",
    },
    Rule {
        id: "activity-id-required",
        clause: "xAPI 1.0.3 Data 2.4.4.1",
        summary: "An Activity has an id.",
        remedy: "Add the Activity's IRI, or the objectType if this is no Activity.",
    },
    Rule {
        id: "statement-ref-required",
        clause: "xAPI 1.0.3 Data 2.4.4.3",
        summary: "A reference to a statement has the objectType StatementRef and an id.",
        remedy: "Add the property that is missing.",
    },
    Rule {
        id: "sub-statement-nested",
        clause: "xAPI 1.0.3 Data 2.4.4.3",
        summary: "A SubStatement contains no SubStatement.",
        remedy: "Refer to the inner statement by a StatementRef.",
    },
    Rule {
        id: "sub-statement-property",
        clause: "xAPI 1.0.3 Data 2.4.4.3",
        summary: "A SubStatement has no id, stored, version or authority.",
        remedy: "Remove the property: it belongs to the statement around.",
    },
    Rule {
        id: "agent-ifi",
        clause: "xAPI 1.0.3 Data 2.4.2.1, 2.4.2.2",
        summary: "An Agent or identified Group has exactly one identifier.",
        remedy: "Send one of mbox, mbox_sha1sum, openid and account.",
    },
    Rule {
        id: "group-anonymous-member",
        clause: "xAPI 1.0.3 Data 2.4.2.2",
        summary: "A Group without identifier lists its members.",
        remedy: "Add member, or one of mbox, mbox_sha1sum, openid and account.",
    },
    Rule {
        id: "account-required",
        clause: "xAPI 1.0.3 Data 2.4.2.4",
        summary: "An account has a homePage and a name.",
        remedy: "Add the property that is missing.",
    },
    Rule {
        id: "authority-anonymous",
        clause: "xAPI 1.0.3 Data 2.4.9",
        summary: "An authority that is a Group has no identifier of its own.",
        remedy: "Leave the authority to the LRS, or send an Agent.",
    },
    Rule {
        id: "authority-members",
        clause: "xAPI 1.0.3 Data 2.4.9",
        summary: "An authority that is a Group has exactly two members.",
        remedy: "Leave the authority to the LRS, or send the application and the user.",
    },
    Rule {
        id: "authority-account",
        clause: "xAPI 1.0.3 Data 2.4.9",
        summary: "One member of an authority is an application, known by its account.",
        remedy: "Identify the OAuth consumer by account: the token endpoint and the consumer key.",
    },
    Rule {
        id: "attachment-required",
        clause: "xAPI 1.0.3 Data 2.4.11",
        summary: "An attachment has usageType, display, contentType, length and sha2.",
        remedy: "Add the property that is missing; sha2 also when there is a fileUrl.",
    },
    Rule {
        id: "context-agent-required",
        clause: "xAPI 2.0.0 4.2.2.5",
        summary: "Context agents and groups have an objectType and the agent or group.",
        remedy: "Add the property that is missing.",
    },
    Rule {
        id: "relevant-types-empty",
        clause: "xAPI 2.0.0 4.2.2.5",
        summary: "The list of relevant types is not empty.",
        remedy: "Name a type, or leave relevantTypes out.",
    },
    Rule {
        id: "interaction-type",
        clause: "xAPI 1.0.3 Data 2.4.4.1",
        summary: "An interactionType is one of the ten the standard names, in its case.",
        remedy: "Use other when none fits.",
    },
    Rule {
        id: "interaction-component-required",
        clause: "xAPI 1.0.3 Data 2.4.4.1",
        summary: "An interaction component has an id.",
        remedy: "Give each component an id that is unique in its list.",
    },
];
