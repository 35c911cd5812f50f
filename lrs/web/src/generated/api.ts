// Made by scripts/generate.mjs of openapi.json.

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The browser UI. Where the program was built without, a page that says so and where to go on. */
        get: operations["get_home"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ids of all courses. */
        get: operations["get_courses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The course file as it was sent. */
        get: operations["get_courses_id"];
        /** Adds or replaces a course. Everybody's progress is evaluated anew. */
        put: operations["put_courses_id"];
        post?: never;
        /**
         * Deletes a course with its file, its list of learners and their merges.
         * @description No statement goes, those of registers included: the same file and list bring the same progress
         *     back. A course with frozen certificate lists is refused, unless `certificates=true`: nothing
         *     brings these back.
         */
        delete: operations["delete_courses_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses/{id}/certificates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The frozen lists of a course, the newest first. */
        get: operations["get_courses_id_certificates"];
        put?: never;
        /** Freezes the list of all who have a right to the certificate, at the end of a day. */
        post: operations["post_courses_id_certificates"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses/{id}/certificates/{list}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A frozen list with every member as it was frozen (json), or as a table. */
        get: operations["get_courses_id_certificates_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses/{id}/check-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Checks somebody in with the code of a session of today. No key is needed: who has the code is
         *     in the room.
         */
        post: operations["post_courses_id_check_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses/{id}/events/{event}/sessions/{session}/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The code with which people check themselves in to a session, on its day alone. As a page it is
         *     to be shown in the room, with a QR code that opens the form.
         */
        get: operations["get_courses_id_events_event_sessions_session_code"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses/{id}/events/{event}/sessions/{session}/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Keeps the whole register of a session: whoever is not in it was not there.
         * @description CSV (`learner` or `identifiers` or `name`, and `hours`, or `from` and `to`, or nothing for the
         *     session's length; `note`), or JSON `{"entries": [{"learner": "u1", "hours": 2.5}]}`. Each
         *     presence becomes an `attended` statement; what was registered otherwise before is voided.
         */
        put: operations["put_courses_id_events_event_sessions_session_register"];
        /** Adds to or corrects the register of a session: only those named, the others stay as they are. */
        post: operations["post_courses_id_events_event_sessions_session_register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses/{id}/learners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The learners as they were enrolled, with the merges: as JSON, or as the CSV list with which PUT
         *     changes nothing.
         */
        get: operations["get_courses_id_learners"];
        /**
         * Adds or updates the learners of a course from a CSV file.
         * @description Learners who are not in the file stay as they are, unless `mode=replace`: then they leave, and
         *     what they did is theirs again if they come back.
         */
        put: operations["put_courses_id_learners"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses/{id}/learners/{learner}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Notes that two learners are one person: their statements count together. */
        put: operations["put_courses_id_learners_learner_merge"];
        post?: never;
        /** Takes a merge back: the two are two again, each with their own statements. */
        delete: operations["delete_courses_id_learners_learner_merge"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses/{id}/learners/{learner}/statements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The statements of a learner, under all their identifiers, that bear on the course, in the order
         *     in which things happened: the learner's timeline, and their data to take along.
         */
        get: operations["get_courses_id_learners_learner_statements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses/{id}/progress": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many learners are how far: the report `progress`, at its older address. */
        get: operations["get_courses_id_progress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses/{id}/rebuild": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Computes the progress of a course from the log again. */
        post: operations["post_courses_id_rebuild"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses/{id}/reports/{report}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A report on a course, on the learners that the key may see.
         * @description Reports: `glance` (R1) six numbers against a week before · `funnel` (R2) where people stop · `progress` how many are how far, by anything · `matrix` (R3) learner by module; `expand=true` shows activities too · `curve` (R4) planned against real, month by month · `ledger` (R5) the rule and statements behind each hour · `hours` (R5, R6) per head, or by anything · `bodies` which bodies take part, and how far · `at-risk` (R7) whom to call · `register` (R8) who was where; `session=…` is one session's sheet, to be signed · `assessment` (R9) tests · `attendance` events by kind · `comparison` (R13) groups side by side · `learner` (R14) one learner's page · `health` (R15) the data's quality · `certificates` (R16) who has a right to one.
         */
        get: operations["get_courses_id_reports_report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses/{id}/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What there is of a course, in numbers and names. */
        get: operations["get_courses_id_summary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courses/{id}/unassigned": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was said by actors who are not enrolled: it counts as soon as they are. */
        get: operations["get_courses_id_unassigned"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All keys, without secrets. */
        get: operations["get_keys"];
        put?: never;
        /** Makes a key. Its secret is in the answer and is not kept. */
        post: operations["post_keys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revokes a key: it is refused from now on. Its statements stay. The last key with the scope `all`
         *     is refused, unless `last=true`.
         */
        delete: operations["delete_keys_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All packages, by name. */
        get: operations["get_packages"];
        put?: never;
        /**
         * Imports a SCORM package as the newest version of the package `name`, which is made where there is none. New launches play
         *     this version.
         * @description The body is the zip; it may be larger than other bodies (`limits.package_bytes`). A package with errors is refused with
         *     the findings of its check; warnings do not stand in the way.
         */
        post: operations["post_packages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says what a SCORM, cmi5 or xAPI package is, what it will report and what is wrong with it.
         * @description The body is the zip, or a cmi5.xml. Nothing is kept. The answer is 200 also where the package
         *     has errors: `counts` says how many.
         */
        post: operations["post_packages_check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/ticket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchanges the key of a package, which everybody can read, for a ticket that is good for one learner and twelve
         *     hours.
         * @description The body is a form of the fields `Authorization` (that of the key, which must be bound to activities), `home_page` and
         *     `name` (the learner's account), as browsers send it to another origin without a preflight. The request's own
         *     `Authorization` is not looked at. What is given sends statements of the key's activities about that account, 2 a second
         *     (60 at once), until its time is over or the key is revoked. 2 exchanges a second of each key (200 at once).
         */
        post: operations["post_packages_ticket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A package with its versions. */
        get: operations["get_packages_name"];
        /**
         * Makes a version the one that new launches play: back to an earlier one, or forth again. Attempts that were begun go on
         *     with the version that they began with.
         */
        put: operations["put_packages_name"];
        post?: never;
        /**
         * Removes a package with all its versions and launches, or one version of it that is not the current one. Statements, and
         *     where learners stand, stay. Refused while learners have launches of it, unless `force=true`.
         */
        delete: operations["delete_packages_name"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{name}/launches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The launches of a package that are good, the newest first, up to a thousand; without their tokens. */
        get: operations["get_packages_name_launches"];
        put?: never;
        /**
         * Makes a launch: the address at which a learner plays the package, on the host of `content_url`. Who has the address plays
         *     as the learner; it is secret, and good for some hours.
         */
        post: operations["post_packages_name_launches"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/packages/{name}/launches/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a launch back: its address is refused from now on, also to a page that is open. */
        delete: operations["delete_packages_name_launches_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/check-in/{course}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A form for code and mail address, with the session named where the address brings its code. */
        get: operations["get_check_in_course"];
        put?: never;
        /** Takes the form. */
        post: operations["post_check_in_course"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Answers as long as the process does. */
        get: operations["get_healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rules that refusals of statements name, which the `type` of a problem document points to. */
        get: operations["get_problems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Answers 200 when the store reads and writes, with warnings where something is wrong beside that;
         *     503 when it does not, or was found to be damaged: as was found within the last second.
         */
        get: operations["get_readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schemas/{version}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A JSON Schema of statements, for editors. */
        get: operations["get_schemas_version_name"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page that says what this server is and where its addresses are. */
        get: operations["get_server"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The key that was shown, without its secret. */
        get: operations["get_whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Which version new launches play. */
        Chosen: {
            /**
             * Format: int32
             * @description Its number.
             */
            current: number;
        };
        /** @description What a course file says at a place that is hardly meant. */
        CourseWarning: {
            /** @description In characters, from 1. */
            column: number;
            /** @description From 1. */
            line: number;
            /** @description What it means, and what to write instead. */
            message: string;
        };
        /** @description A ticket: what a package's key was exchanged for. */
        Exchanged: {
            /** @description The `Authorization` of the learner's statements. */
            authorization: string;
            /**
             * Format: int32
             * @description How many seconds it is good for.
             */
            seconds: number;
        };
        /** @description A frozen list, without its people. */
        FrozenList: {
            /** @description The day at whose end it was true. */
            date: string;
            /** @description When it was frozen, RFC 3339. */
            frozen: string;
            /** @description SHA-256 over all that is in it. */
            hash: string;
            /** @description Its name in addresses. */
            id: string;
            /** @description How many people have a right to the certificate. */
            people: number;
        };
        /** @description A server that answers. */
        Health: {
            status: string;
            /** @description What an administrator should look at, though the server works. */
            warnings?: string[];
        };
        /** @description A list of learners that was taken, or would be. */
        ImportedLearners: {
            /**
             * @description The ids of those who are not in the list: with `mode=replace` they left, otherwise they
             *     stay as they were.
             */
            absent: string[];
            /** @description The ids of those who were not enrolled before. */
            added: string[];
            /** @description The course's id. */
            course: string;
            /** @description Whether nothing was changed. */
            dry_run: boolean;
            /** @description How many learners it has now; those merged count once. */
            learners: number;
            /** @description The ids of those who were merged into another one, as the list asks. */
            merged: string[];
            /** @description How many were as they are in the list. */
            unchanged: number;
            /** @description The ids of those whose data changed. */
            updated: string[];
            /** @description What the list says that is hardly meant; it is taken all the same. */
            warnings?: components["schemas"]["LearnersWarning"][];
        };
        /** @description What keeping a register did, or would do. */
        KeptRegister: {
            /** @description Whether nothing was written. */
            dry_run: boolean;
            /** @description How many people's presence was as the register says already. */
            unchanged: number;
            /** @description The ids of the statements voided, because the register says otherwise. */
            voided: string[];
            /** @description Presences longer than the session, which are written all the same. */
            warnings?: components["schemas"]["LongPresence"][];
            /** @description The ids of the `attended` statements written. */
            written: string[];
        };
        /** @description What many lines of a list of learners have in common that is hardly meant. */
        LearnersWarning: {
            /** @description How many lines it is about. */
            count: number;
            /** @description The first of them. */
            lines: number[];
            /** @description What is wrong and what to do, by language: `it` and `en`. */
            message: Record<string, never>;
            /** @description The first values at fault, with what may have been meant, in the language of `Accept-Language`. */
            values: string[];
            /** @description Its name, such as `region-province-swapped` or `istat-without-zero`. */
            warning: string;
        };
        /** @description A launch as it is shown. */
        ListedLaunch: {
            /** @description The learner; null for a preview. */
            actor: Record<string, never>;
            /**
             * Format: int32
             * @description The number of the attempt.
             */
            attempt: number;
            /** @description When it was made, RFC 3339. */
            created: string;
            /** @description Until when it is good, RFC 3339. */
            expires: string;
            /** @description What names it. */
            id: string;
            /** @description Whether it is a preview. */
            preview: boolean;
            /** @description Whether it was taken back. */
            revoked: boolean;
        };
        /** @description A course that was taken. */
        LoadedCourse: {
            /** @description How many activities and events, over all modules. */
            activities: number;
            /** @description The course's id, as the file has it. */
            course: string;
            /** @description Whether it was only checked. */
            dry_run: boolean;
            /** @description How many modules it has. */
            modules: number;
            /** @description What the file says that is hardly meant. */
            warnings?: components["schemas"]["CourseWarning"][];
        };
        /** @description A presence that is longer than its session. */
        LongPresence: {
            /**
             * Format: double
             * @description How long the register says.
             */
            hours: number;
            /** @description The learner's id. */
            learner: string;
            /**
             * Format: int64
             * @description The line of the register, or the position of the entry, from 1.
             */
            line: number;
            /**
             * Format: double
             * @description How long the session lasted.
             */
            session_hours: number;
        };
        /** @description A launch that was made. */
        MadeLaunch: {
            /**
             * Format: int32
             * @description The number of the attempt.
             */
            attempt: number;
            /** @description Until when it is good, RFC 3339. */
            expires: string;
            /** @description Where the files of the version are. */
            files: string;
            /** @description What names the launch, to take it back. */
            id: string;
            /** @description The registration of the attempt's statements. */
            registration: string;
            /** @description What is secret of `url`; kept nowhere. */
            token: string;
            /** @description Where the learner's browser plays the package. */
            url: string;
            /**
             * Format: int32
             * @description The version that is played.
             */
            version: number;
        };
        /** @description The members of a problem document. */
        Members: {
            /** @description The clause of the standard that says so; absent where the limit is Traccia's own. */
            clause?: string;
            /** @description What is wrong with this request. */
            detail: string;
            /** @description The first violation's place in its statement, as a JSON pointer. */
            pointer?: string | null;
            /** @description What the sender can do. */
            remedy: string;
            /** @description The rule's id. */
            rule: string;
            /** @description The first violation's statement in the batch, from 0. */
            statement?: number | null;
            /**
             * Format: int32
             * @description The HTTP status code.
             */
            status: number;
            /** @description What the refused statements of a batch are about. */
            subjects?: components["schemas"]["Named"][];
            /** @description The status in words. */
            title: string;
            /** @description A stable name of the rule, as a relative URI reference. */
            type: string;
            /** @description Everything that is wrong, of the first hundred violations. */
            violations?: components["schemas"]["Violation"][];
        };
        /** @description Whom a learner is the same person as. */
        MergeInto: {
            /** @description The id of the learner whose data hold from now on. */
            into: string;
        };
        /** @description What a refused statement of a batch is about, so that its sender finds it. */
        Named: {
            /** @description The actor's identifier, as in lists of learners. */
            actor?: string | null;
            /** @description The id of the activity or statement, or the identifier of the agent. */
            object?: string | null;
            /** @description Its place in the batch, from 0. */
            statement: number;
            /** @description The verb's id. */
            verb?: string | null;
        };
        /** @description A key to be made. */
        NewKey: {
            /** @description The Agent that is written as authority of its statements; its own account when missing. */
            authority?: Record<string, never> | null;
            /**
             * @description The territory that it is bound to: its reports and registers are of learners of these
             *     `regions` and `bodies` alone, and its scopes progress/read or presence/write. Or what it may
             *     say: statements of these `activities` and what is below them, of learners with an account of
             *     these `home_pages`; its scope is statements/write. Leave it out for a key without bounds;
             *     null is refused.
             */
            bounds?: Record<string, never> | null;
            /** @description Its name; made up when missing. No colon. */
            key?: string | null;
            /** @description What it is for. */
            label?: string;
            /** @description What it may do: xAPI scope names. */
            scopes: string[];
            /** @description Its secret; made up when missing, which is better. */
            secret?: string | null;
        };
        /** @description Why a request was refused or could not be served. */
        Problem: components["schemas"]["Members"];
        /** @description What a rebuild did. */
        RebuiltProgress: {
            /**
             * Format: int64
             * @description How many actors' progress documents are not what they were.
             */
            changed: number;
            /** @description The course's id. */
            course: string;
            /**
             * Format: int64
             * @description How many statements were read.
             */
            statements: number;
        };
        /** @description What went with a course, or would. */
        RemovedCourse: {
            /** @description How many certificate lists were frozen. */
            certificates: number;
            /** @description Its id. */
            course: string;
            /** @description Whether nothing was changed. */
            dry_run: boolean;
            /** @description How many entries its list of learners had. */
            learners: number;
            /** @description How many merges were noted. */
            merged: number;
        };
        /** @description A column of a report. */
        ReportColumn: {
            /** @description Its heading, in the reader's language. */
            heading: string;
            /** @description Its name in rows. */
            key: string;
            /** @description What its values are. */
            kind: components["schemas"]["ReportKind"];
        };
        /**
         * @description What the values of a column are.
         * @enum {string}
         */
        ReportKind: "text" | "count" | "hours" | "score" | "share" | "date" | "instant" | "state" | "flag";
        /** @description A report as data. */
        ReportTable: {
            /** @description The day at whose end it is true; null at present. */
            at: string | null;
            /** @description The columns, in order. */
            columns: components["schemas"]["ReportColumn"][];
            /** @description The course's id. */
            course: string;
            /** @description The course's title, in the reader's language. */
            course_title: string;
            /** @description How many rows there are in all, where a part of them was asked for. */
            found?: number;
            /** @description What a reader must know, in the reader's language. */
            notes: string[];
            /** @description The report's name in addresses. */
            report: string;
            /**
             * @description The rows: a value for the key of each column, and `suppressed` where one is hidden because
             *     the group is too small.
             */
            rows: {
                [key: string]: components["schemas"]["ReportValue"];
            }[];
            /** @description The `stored` of the last statement that is in it, RFC 3339 in UTC; null before any. */
            through: string | null;
            /** @description The IANA name of the time zone whose days it means. */
            time_zone: string;
            /** @description Its title, in the reader's language. */
            title: string;
            /** @description The sums over all rows, by the keys of their columns; missing where none has one. */
            totals?: {
                [key: string]: components["schemas"]["ReportValue"];
            };
        };
        /** @description A value of a report; by the kind of its column. */
        ReportValue: null | string | number | boolean | string[];
        /** @description The code of a session. */
        SessionCode: {
            /** @description Where to enter it. */
            address: string;
            /** @description Eight letters and digits, for those who are in the room. */
            code: string;
        };
        /** @description A key as it is shown. */
        ShownKey: {
            /** @description The authority of its statements. */
            authority: Record<string, never>;
            /** @description The territory that it is bound to. */
            bounds?: Record<string, never> | null;
            /** @description When it was made, RFC 3339. */
            created: string;
            /** @description The user name of HTTP Basic. */
            key: string;
            /** @description What it is for. */
            label: string;
            /** @description What it may do. */
            scopes: string[];
            /** @description The password: only in the answer that makes the key, and never again. */
            secret?: string | null;
        };
        /** @description A package. */
        ShownPackage: {
            /** @description The IRI of its activity. */
            activity: string;
            /**
             * Format: int32
             * @description The version that new launches play.
             */
            current: number;
            /** @description What it is called in addresses and course files. */
            name: string;
            /** @description The versions that are there, by number. */
            versions: components["schemas"]["ShownVersion"][];
        };
        /** @description A version of a package. */
        ShownVersion: {
            /**
             * Format: int64
             * @description How many bytes these have.
             */
            bytes: number;
            /**
             * Format: int64
             * @description How many files it has.
             */
            files: number;
            /** @description When it was imported, RFC 3339. */
            imported: string;
            /** @description Such as scorm-1.2. */
            standard: string;
            /** @description The title in its manifest. */
            title: string;
            /**
             * Format: int32
             * @description From 1.
             */
            version: number;
        };
        /** @description An activity in a summary. */
        SummarisedActivity: {
            /**
             * Format: double
             * @description The hours that it is worth.
             */
            hours?: number | null;
            /** @description Its key in the course. */
            key: string;
            /** @description What it is, such as `video` or `seminar`. */
            kind: string;
            /** @description Its name, by language; its key where the file gives none. */
            title: {
                [key: string]: string;
            };
        };
        /** @description What there is of a course. */
        SummarisedCourse: {
            /** @description How many activities and events, over all modules. */
            activities: number;
            /**
             * Format: int32
             * @description After how many days of silence a learner who has begun is at risk.
             */
            at_risk_days: number;
            /** @description The first and the last day whose statements count. */
            begins?: string | null;
            /** @description How many certificate lists are frozen. */
            certificates: number;
            /** @description Its id. */
            course: string;
            /** @description Its editions. */
            editions: components["schemas"]["SummarisedEdition"][];
            /** @description See `begins`. */
            ends?: string | null;
            /**
             * Format: double
             * @description The hours that a learner is to do.
             */
            hours?: number | null;
            /** @description How many learners this key may see; those merged count once. */
            learners: number;
            /** @description How many merges there are among them. */
            merged: number;
            /** @description Its modules, in the order of the course file. */
            module_list: components["schemas"]["SummarisedModule"][];
            /** @description How many modules it has. */
            modules: number;
            /** @description The IANA name of the time zone whose days it means. */
            time_zone: string;
            /** @description Its name, by language. */
            title: {
                [key: string]: string;
            };
        };
        /** @description An edition in a summary. */
        SummarisedEdition: {
            /** @description Its id, which learners have in the column `edition`. */
            id: string;
            /** @description Its name, by language. */
            title: {
                [key: string]: string;
            };
        };
        /** @description A module in a summary. */
        SummarisedModule: {
            /** @description Its activities and events. */
            activities: components["schemas"]["SummarisedActivity"][];
            /**
             * Format: double
             * @description The hours that it is worth.
             */
            hours?: number | null;
            /** @description Its id. */
            id: string;
            /** @description Its name, by language. */
            title: {
                [key: string]: string;
            };
        };
        /** @description A presence that was taken. */
        TakenCheckIn: {
            /** @description The event's key. */
            event: string;
            /** @description Whether the presence was known already. */
            known: boolean;
            /** @description The session's id. */
            session: string;
        };
        /** @description An actor whom no learner of the course is. */
        UnassignedActor: {
            /** @description The actor's identifier. */
            actor: string;
            /** @description The last day on which they did anything. */
            last_seen?: string | null;
            /** @description The names that they were seen under. */
            names: string[];
            /**
             * Format: int64
             * @description How many of their statements bear on the course.
             */
            statements: number;
        };
        /** @description Actors whose statements are of this course, and who are nobody enrolled. */
        UnassignedActors: {
            /** @description How many actors. */
            actors: number;
            /** @description The course's id. */
            course: string;
            /**
             * Format: int64
             * @description How many statements, of all of them.
             */
            statements: number;
            /** @description Each, those with most statements first. */
            unassigned: components["schemas"]["UnassignedActor"][];
        };
        /** @description One broken rule. */
        Violation: {
            clause: string;
            column: number;
            line: number;
            message: string;
            pointer: string;
            remedy: string;
            rule: string;
            statement?: number | null;
        };
        /** @description A launch to be made. */
        WantedLaunch: {
            /** @description The learner as an Agent of xAPI, with a name. */
            actor?: Record<string, never> | null;
            /**
             * @description last (default): the last attempt, or a new one where that is finished; same: the last one; new: a new one; best: the
             *     one with the best score.
             */
            attempt?: string | null;
            /** @description The id of the learner's course. */
            course?: string | null;
            /**
             * Format: int32
             * @description How many hours the launch is good for, at most 8,784; 72 if missing.
             */
            hours?: number | null;
            /** @description The language of the player, it (default) or en. */
            language?: string | null;
            /** @description Instead of `actor`: the id of a learner of `course`. */
            learner?: string | null;
            /** @description Instead of a learner: somebody has a look, and nothing is kept. */
            preview?: boolean;
        };
        /** @description Somebody who is in the room. */
        WhoIsThere: {
            /** @description The session's code. */
            code: string;
            /** @description Their mail address, learner id or identifier, as in the list of learners. */
            learner: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_home: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    get_courses: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/toml": string;
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_courses_id: {
        parameters: {
            query?: {
                /** @description check the file and change nothing */
                dry_run?: boolean;
            };
            header?: never;
            path: {
                /** @description the id in the file */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/toml": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoadedCourse"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_courses_id: {
        parameters: {
            query?: {
                /** @description its frozen lists too */
                certificates?: boolean;
                /** @description say what would go and change nothing */
                dry_run?: boolean;
            };
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RemovedCourse"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_certificates: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FrozenList"][];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_courses_id_certificates: {
        parameters: {
            query?: {
                /** @description a day, such as 2026-10-31; today if missing */
                at?: string;
            };
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FrozenList"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_certificates_list: {
        parameters: {
            query?: {
                /** @description json (default), csv, xlsx, html or text */
                format?: string;
                /** @description it or en; by Accept-Language if missing */
                lang?: string;
            };
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
                /** @description the list's id */
                list: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_courses_id_check_in: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WhoIsThere"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TakenCheckIn"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_events_event_sessions_session_code: {
        parameters: {
            query?: {
                /** @description json (default) or html */
                format?: string;
                /** @description it or en; by Accept-Language if missing */
                lang?: string;
            };
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
                /** @description the event's key */
                event: string;
                /** @description the session's id */
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionCode"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_courses_id_events_event_sessions_session_register: {
        parameters: {
            query?: {
                /** @description say what would be done and do nothing */
                dry_run?: boolean;
            };
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
                /** @description the event's key */
                event: string;
                /** @description the session's id */
                session: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptRegister"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_courses_id_events_event_sessions_session_register: {
        parameters: {
            query?: {
                /** @description say what would be done and do nothing */
                dry_run?: boolean;
            };
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
                /** @description the event's key */
                event: string;
                /** @description the session's id */
                session: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptRegister"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_learners: {
        parameters: {
            query?: {
                /** @description json (default) or csv */
                format?: string;
                /** @description of csv: it, with `;` and Italian headings, or en; by Accept-Language if missing */
                lang?: string;
            };
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "learners": [
                     *         {
                     *           "id": "u1",
                     *           "name": "Maria Rossi",
                     *           "identifiers": [
                     *             {
                     *               "mbox": "mailto:m@example.it"
                     *             }
                     *           ],
                     *           "region": "Umbria",
                     *           "province": "Perugia",
                     *           "body": "Comune di Perugia",
                     *           "istat": "054039",
                     *           "role": "official",
                     *           "office": ""
                     *         }
                     *       ],
                     *       "merged": {
                     *         "u7": "u1"
                     *       }
                     *     }
                     */
                    "application/json": Record<string, never>;
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_courses_id_learners: {
        parameters: {
            query?: {
                /** @description update (default) or replace */
                mode?: string;
                /** @description say what would change and change nothing */
                dry_run?: boolean;
            };
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportedLearners"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_courses_id_learners_learner_merge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
                /** @description the learner who is somebody else */
                learner: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MergeInto"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_courses_id_learners_learner_merge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
                /** @description the learner who was merged */
                learner: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_learners_learner_statements: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
                /** @description the learner's id */
                learner: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_progress: {
        parameters: {
            query?: {
                /** @description What rows are told apart by: any of module, activity, region, province, body, `population_class`, role, office, edition, and the further columns of the list of learners, separated by commas. */
                by?: string | null;
                /** @description A day, such as 2026-05-04: as it was at its end, in the course's time zone; at present if missing. */
                at?: string | null;
                /** @description json (default), csv, xlsx, html or text. */
                format?: string | null;
                /** @description it or en; by Accept-Language if missing. */
                lang?: string | null;
                /** @description Only the learner of this id. */
                learner?: string | null;
                /** @description Only learners of this region. */
                region?: string | null;
                /** @description Only learners of this province. */
                province?: string | null;
                /** @description Only learners of this body, by name or ISTAT code. */
                body?: string | null;
                /** @description Only learners in this role. */
                role?: string | null;
                /** @description Only learners of this office. */
                office?: string | null;
                /** @description Only learners of this edition. */
                edition?: string | null;
                /** @description Of matrix: activities too. */
                expand?: boolean | null;
                /** @description Of register: one session, as session or event/session. */
                session?: string | null;
                /** @description true: figures of fewer than five people are shown, for those who may see the people themselves; not for publication. */
                small_groups?: boolean | null;
                /** @description Of text: how many characters a line may have; 80 if missing, 0 for any number. */
                width?: number | null;
                /** @description Only rows in which this stands in a text, whatever its case. */
                search?: string;
                /**
                 * @description Only rows that fulfil these conditions, with commas between them: `KEY=VALUE`, `KEY!=VALUE`,
                 *     `KEY>=VALUE` or `KEY<=VALUE`, such as `state=completed` or `last_seen>=2026-05-04`. Where `only` is
                 *     given more than once, each is one condition, whose value may have commas; an empty one is none.
                 */
                only?: string;
                /** @description The column to sort by, with `-` before it for the largest first. */
                sort?: string;
                /** @description How many rows are left out at the beginning. */
                offset?: number;
                /** @description How many rows there are at most; the answer says in `found` how many there are in all. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportTable"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_courses_id_rebuild: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RebuiltProgress"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_reports_report: {
        parameters: {
            query?: {
                /** @description What rows are told apart by: any of module, activity, region, province, body, `population_class`, role, office, edition, and the further columns of the list of learners, separated by commas. */
                by?: string | null;
                /** @description A day, such as 2026-05-04: as it was at its end, in the course's time zone; at present if missing. */
                at?: string | null;
                /** @description json (default), csv, xlsx, html or text. */
                format?: string | null;
                /** @description it or en; by Accept-Language if missing. */
                lang?: string | null;
                /** @description Only the learner of this id. */
                learner?: string | null;
                /** @description Only learners of this region. */
                region?: string | null;
                /** @description Only learners of this province. */
                province?: string | null;
                /** @description Only learners of this body, by name or ISTAT code. */
                body?: string | null;
                /** @description Only learners in this role. */
                role?: string | null;
                /** @description Only learners of this office. */
                office?: string | null;
                /** @description Only learners of this edition. */
                edition?: string | null;
                /** @description Of matrix: activities too. */
                expand?: boolean | null;
                /** @description Of register: one session, as session or event/session. */
                session?: string | null;
                /** @description true: figures of fewer than five people are shown, for those who may see the people themselves; not for publication. */
                small_groups?: boolean | null;
                /** @description Of text: how many characters a line may have; 80 if missing, 0 for any number. */
                width?: number | null;
                /** @description Only rows in which this stands in a text, whatever its case. */
                search?: string;
                /**
                 * @description Only rows that fulfil these conditions, with commas between them: `KEY=VALUE`, `KEY!=VALUE`,
                 *     `KEY>=VALUE` or `KEY<=VALUE`, such as `state=completed` or `last_seen>=2026-05-04`. Where `only` is
                 *     given more than once, each is one condition, whose value may have commas; an empty one is none.
                 */
                only?: string;
                /** @description The column to sort by, with `-` before it for the largest first. */
                sort?: string;
                /** @description How many rows are left out at the beginning. */
                offset?: number;
                /** @description How many rows there are at most; the answer says in `found` how many there are in all. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
                /** @description the report's name */
                report: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "report": "progress",
                     *       "course": "prog-2796",
                     *       "at": null,
                     *       "through": "2026-11-22T10:00:00.000001Z",
                     *       "time_zone": "Europe/Rome",
                     *       "title": "Progress",
                     *       "course_title": "Digital transition",
                     *       "notes": [],
                     *       "columns": [
                     *         {
                     *           "key": "module",
                     *           "heading": "Module",
                     *           "kind": "text"
                     *         }
                     *       ],
                     *       "rows": [
                     *         {
                     *           "module": "m1",
                     *           "region": "Umbria",
                     *           "enrolled": 130,
                     *           "not_started": 20,
                     *           "in_progress": 60,
                     *           "completed": 50,
                     *           "passed": 48,
                     *           "failed": 2,
                     *           "score_mean": 0.8125,
                     *           "progress": 0.61,
                     *           "hours_online": 1200.5,
                     *           "hours_presence": 40,
                     *           "hours": 1240.5
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ReportTable"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_summary: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SummarisedCourse"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_courses_id_unassigned: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the course's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnassignedActors"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownKey"][];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewKey"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownKey"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_keys_key: {
        parameters: {
            query?: {
                /** @description also where nobody can manage keys and courses afterwards */
                last?: boolean;
            };
            header?: never;
            path: {
                /** @description the key's name */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_packages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownPackage"][];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_packages: {
        parameters: {
            query: {
                /** @description small letters, digits and `-` */
                name: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/zip": number[];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownPackage"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_packages_check: {
        parameters: {
            query?: {
                /** @description json (default), sarif or text. */
                format?: string;
                /** @description it or en; by Accept-Language if missing. */
                lang?: string;
                /** @description What the package is called in the answer; package if missing. */
                name?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/zip": number[];
            };
        };
        responses: {
            /** @description what the package is, and what is wrong with it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_packages_ticket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Exchanged"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_packages_name: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the package's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownPackage"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_packages_name: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the package's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Chosen"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownPackage"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_packages_name: {
        parameters: {
            query?: {
                /** @description this version alone */
                version?: number;
                /** @description also while launches are good */
                force?: boolean;
            };
            header?: never;
            path: {
                /** @description the package's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_packages_name_launches: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the package's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListedLaunch"][];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_packages_name_launches: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the package's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WantedLaunch"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeLaunch"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_packages_name_launches_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description the package's name */
                name: string;
                /** @description the launch's id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_check_in_course: {
        parameters: {
            query?: {
                /** @description the session's code, as in the QR code */
                code?: string;
                /** @description it or en; by Accept-Language if missing */
                lang?: string;
            };
            header?: never;
            path: {
                /** @description the course's id */
                course: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    post_check_in_course: {
        parameters: {
            query?: {
                /** @description it or en; by Accept-Language if missing */
                lang?: string;
            };
            header?: never;
            path: {
                /** @description the course's id */
                course: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    get_problems: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    get_readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_schemas_version_name: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 1.0.3 or 2.0.0 */
                version: string;
                /** @description statement.json, or a file it refers to */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/schema+json": Record<string, never>;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_server: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    get_whoami: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShownKey"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
