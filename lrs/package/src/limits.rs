//! How much a package may ask of the check. Each limit is named in the finding it leads to.

/// The limits of a check. [`Limits::default`] takes every package that platforms take in practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most files and folders in an archive.
    pub entries: usize,
    /// The largest directory of an archive in bytes: names and notes, which are held in memory.
    pub directory_bytes: u64,
    /// The most bytes of all files together, unpacked.
    pub unpacked_bytes: u64,
    /// How many times larger than packed a file may be once it is unpacked. Files of at most
    /// [`Self::ratio_from`] bytes are spared.
    pub ratio: u64,
    /// The unpacked size in bytes from which [`Self::ratio`] holds.
    pub ratio_from: u64,
    /// The largest manifest in bytes, unpacked.
    pub manifest_bytes: u64,
    /// The most elements, attributes, texts and comments in a manifest.
    pub manifest_nodes: u32,
    /// The most attributes of one element.
    pub element_attributes: usize,
    /// The most declarations of namespaces in a manifest.
    pub manifest_namespaces: usize,
    /// How deeply the elements of a manifest may be nested.
    pub manifest_depth: usize,
    /// The longest identifier, address or base in a manifest, in bytes of UTF-8.
    pub value_bytes: usize,
    /// What the items of a manifest may refer to, counted for each item that refers to it, in bytes.
    pub unfolded_bytes: usize,
    /// The largest structure that is given to the player, in bytes of JSON.
    pub contents_bytes: usize,
    /// The longest name of a file, in bytes of UTF-8.
    pub name_bytes: usize,
    /// The most folders one in the other.
    pub folders: usize,
    /// The most findings of one rule; further ones are counted.
    pub findings_per_rule: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 50_000,
            directory_bytes: 16 << 20,
            unpacked_bytes: 4 << 30,
            ratio: 200,
            ratio_from: 10 << 20,
            manifest_bytes: 8 << 20,
            manifest_nodes: 200_000,
            element_attributes: 200,
            manifest_namespaces: 2_000,
            manifest_depth: 100,
            value_bytes: 2_000,
            unfolded_bytes: 8 << 20,
            contents_bytes: 4 << 20,
            name_bytes: 1024,
            folders: 50,
            findings_per_rule: 20,
        }
    }
}
