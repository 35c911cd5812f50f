//! The rules: one id for each defect, its severity, and the values that its text names.

use serde::{Serialize, Serializer};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The package does not work, or is not safe to unpack.
    Error,
    /// The package may work differently than its designer expects.
    Warning,
    /// Worth knowing; nothing has to be mended.
    Note,
}

macro_rules! rules {
    ($($rule:ident $id:literal $severity:ident [$($value:literal)*];)*) => {
        /// A rule of packages.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $(#[doc = $id] $rule,)* }

        impl Rule {
            /// All rules.
            pub const ALL: &[Self] = &[$(Self::$rule,)*];

            /// The id, which stays the same in all releases: `package.href-missing`.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$rule => concat!("package.", $id),)* }
            }

            /// The id of the text in the catalogue: `package-href-missing`.
            pub const fn text_id(self) -> &'static str {
                match self { $(Self::$rule => concat!("package-", $id),)* }
            }

            /// How much a finding of this rule matters.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$rule => Severity::$severity,)* }
            }

            /// The names of the values that every finding of this rule has.
            pub const fn values(self) -> &'static [&'static str] {
                match self { $(Self::$rule => &[$($value),*],)* }
            }
        }
    };
}

rules! {
    // The archive. What makes it unsafe ends the check.
    NotZip "not-zip" Error ["kind"];
    ArchiveTruncated "archive-truncated" Error [];
    ArchiveDamaged "archive-damaged" Error ["reason"];
    ArchiveEntries "archive-entries" Error ["count" "limit"];
    ArchiveSize "archive-size" Error ["size" "limit"];
    ArchiveRatio "archive-ratio" Error ["size" "packed" "limit"];
    ArchiveSizeFalse "archive-size-false" Error ["declared"];
    ArchiveEncrypted "archive-encrypted" Error [];
    ArchiveCompression "archive-compression" Error ["method"];
    ArchiveOverlap "archive-overlap" Error ["other"];
    ArchiveHeaders "archive-headers" Error ["other"];
    ArchiveDirectory "archive-directory" Error ["limit"];
    ArchiveSymlink "archive-symlink" Error [];
    ArchiveDevice "archive-device" Error [];
    ArchiveEmpty "archive-empty" Error [];
    NameEscapes "name-escapes" Error [];
    NameBackslash "name-backslash" Error [];
    NameControl "name-control" Error [];
    NameEncoding "name-encoding" Warning [];
    NameLength "name-length" Error ["limit"];
    NameDepth "name-depth" Error ["limit"];
    NameDuplicate "name-duplicate" Error [];
    NameCase "name-case" Warning ["other"];
    NameFolder "name-folder" Error [];
    // What the package is.
    Unrecognised "unrecognised" Error [];
    ManifestNotAtRoot "manifest-not-at-root" Error ["folder"];
    ManifestCase "manifest-case" Error ["expected"];
    ManifestsSeveral "manifests-several" Note ["used"];
    ZipInZip "zip-in-zip" Error [];
    AuthoringSource "authoring-source" Error ["tool"];
    WebExport "web-export" Error [];
    AiccNotPlayed "aicc-not-played" Error [];
    // The manifest as XML.
    ManifestSize "manifest-size" Error ["limit"];
    XmlEncoding "xml-encoding" Error ["encoding"];
    XmlMalformed "xml-malformed" Error ["reason"];
    XmlDoctype "xml-doctype" Error [];
    XmlEntity "xml-entity" Error ["entity"];
    XmlDepth "xml-depth" Error ["limit"];
    XmlNodes "xml-nodes" Error ["limit"];
    XmlAttributes "xml-attributes" Error ["limit"];
    XmlNamespaces "xml-namespaces" Error ["limit"];
    XmlPrefixUndeclared "xml-prefix-undeclared" Error ["prefix"];
    XmlPrefixClash "xml-prefix-clash" Warning ["prefix" "first" "second"];
    XmlRoot "xml-root" Error ["expected" "found"];
    XmlNamespace "xml-namespace" Error ["found" "expected"];
    SchemaMissing "schema-missing" Warning ["schema"];
    ManifestValueLong "manifest-value-long" Error ["attribute" "length" "limit"];
    ManifestUnfolded "manifest-unfolded" Error ["limit"];
    // SCORM.
    VersionMissing "version-missing" Warning ["assumed"];
    VersionUnknown "version-unknown" Error ["version"];
    VersionMismatch "version-mismatch" Error ["version" "namespace"];
    IdentifierMissing "identifier-missing" Error ["element"];
    IdentifierDuplicate "identifier-duplicate" Error ["identifier" "line"];
    OrganizationsMissing "organizations-missing" Error [];
    OrganizationDefault "organization-default" Warning ["default"];
    OrganizationEmpty "organization-empty" Error ["organization"];
    OrganizationsSeveral "organizations-several" Note ["count"];
    TitleMissing "title-missing" Warning ["identifier"];
    ItemResource "item-resource" Error ["item" "reference"];
    ItemNothing "item-nothing" Warning ["item"];
    ItemGroupLaunches "item-group-launches" Warning ["item"];
    ItemAsset "item-asset" Note ["item"];
    ScoMissing "sco-missing" Warning [];
    ScormType "scorm-type" Error ["resource" "value"];
    ScormTypeMissing "scorm-type-missing" Warning ["resource" "attribute"];
    ScormTypeCase "scorm-type-case" Error ["resource" "found" "expected"];
    ResourceHref "resource-href" Error ["resource"];
    ResourceUnused "resource-unused" Note ["resource"];
    DependencyMissing "dependency-missing" Error ["resource" "reference"];
    FileMissing "file-missing" Warning ["href"];
    FilesUnlisted "files-unlisted" Note ["count" "example"];
    SubManifest "sub-manifest" Warning [];
    MasteryScoreMissing "mastery-score-missing" Note ["count" "item"];
    MasteryScore "mastery-score" Error ["value" "least" "most"];
    ElementValue "element-value" Error ["element" "value" "expected"];
    LaunchDataLong "launch-data-long" Warning ["item" "length" "limit"];
    Prerequisites "prerequisites" Note ["item"];
    SequencingVersion "sequencing-version" Warning [];
    SequencingReference "sequencing-reference" Error ["reference"];
    LaunchNotHtml "launch-not-html" Warning ["href"];
    // References.
    HrefMissing "href-missing" Error ["href"];
    HrefCase "href-case" Error ["href" "found"];
    HrefBackslash "href-backslash" Error ["href"];
    HrefAbsolute "href-absolute" Error ["href"];
    HrefEscapes "href-escapes" Error ["href"];
    HrefExternal "href-external" Warning ["href"];
    HrefEncoded "href-encoded" Warning ["href" "found"];
    HrefSpace "href-space" Warning ["href"];
    HrefRelativeBare "href-relative-bare" Error ["href"];
    // cmi5 and xAPI.
    IdNotIri "id-not-iri" Error ["element" "id"];
    CourseMissing "course-missing" Error [];
    AuMissing "au-missing" Error [];
    AuUrl "au-url" Error ["au"];
    AuQuery "au-query" Error ["au" "parameter"];
    MoveOnNeedsScore "move-on-needs-score" Note ["au" "value"];
    BlockEmpty "block-empty" Warning ["block"];
    ObjectiveMissing "objective-missing" Error ["reference"];
    ActivityMissing "activity-missing" Error [];
    LaunchMissing "launch-missing" Error [];
    // What the content does, as far as can be read.
    ApiNotFound "api-not-found" Warning ["call"];
    ApiOtherVersion "api-other-version" Warning ["used" "expected"];
    ApiNoFinish "api-no-finish" Warning ["call"];
    ApiNoStatus "api-no-status" Warning ["element"];
    SuspendDataLimit "suspend-data-limit" Note ["limit"];
    HostLoaded "host-loaded" Warning ["host" "count"];
    HostNamed "host-named" Note ["hosts" "count"];
    MixedContent "mixed-content" Warning ["host" "count"];
    LocalAddress "local-address" Warning ["address"];
    Flash "flash" Error ["count"];
    Java "java" Error ["count"];
    // Packages that are to be played here.
    PlayNotScorm "play-not-scorm" Error [];
    PlayLarge "play-large" Error ["size" "limit"];
    // Packages that are to report to Traccia beside their platform.
    ShimNotScorm "shim-not-scorm" Error [];
    ShimTwice "shim-twice" Error ["href"];
    ShimManifest "shim-manifest" Error [];
    ShimPresent "shim-present" Note ["href"];
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}
