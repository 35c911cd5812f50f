//! Packages, the files of their versions, and launches in tables.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::failure::Result;
use crate::session::Session;
use store::{
    KeptContent, KeptLaunch, NewVersion, Package, PackageFile, PackageVersion, StoreError,
};
use xapi::instant::Instant;

mod engine;

const VERSION: &str = "SELECT package, number, key, title, standard, created, files, bytes, outline FROM package_version ";
const LAUNCH: &str = "SELECT token, package, key, created, expires, revoked, body FROM launch ";
const FILE: &str = "SELECT path, content_type, sha256, bytes FROM package_file ";

fn version_of(row: &Row<'_>) -> rusqlite::Result<PackageVersion> {
    Ok(PackageVersion {
        package: row.get(0)?,
        number: row.get(1)?,
        key: row.get(2)?,
        title: row.get(3)?,
        standard: row.get(4)?,
        created: Instant::from_micros(row.get(5)?),
        files: count(row, 6)?,
        bytes: count(row, 7)?,
    })
}

/// A number that is never negative.
fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn file_of(row: &Row<'_>) -> rusqlite::Result<PackageFile> {
    let content = KeptContent { sha256: row.get(2)?, bytes: count(row, 3)?, place: String::new() };
    Ok(PackageFile { path: row.get(0)?, content_type: row.get(1)?, content })
}

fn launch_of(row: &Row<'_>) -> rusqlite::Result<KeptLaunch> {
    Ok(KeptLaunch {
        token: row.get(0)?,
        package: row.get(1)?,
        key: row.get(2)?,
        created: Instant::from_micros(row.get(3)?),
        expires: Instant::from_micros(row.get(4)?),
        revoked: row.get(5)?,
        body: row.get(6)?,
    })
}

/// The packages by name, or the one of this name.
pub(crate) fn packages(connection: &Connection, name: Option<&str>) -> Result<Vec<Package>> {
    // One statement, so that a package and its versions are of one moment.
    let sql = "SELECT v.package, v.number, v.key, v.title, v.standard, v.created, v.files, v.bytes, p.current, p.last \
         FROM package AS p JOIN package_version AS v ON v.package = p.name \
         WHERE ?1 IS NULL OR p.name = ?1 ORDER BY p.name, v.number";
    let mut select = connection.prepare_cached(sql)?;
    let rows = select.query_map([name], |row| Ok((version_of(row)?, row.get(8)?, row.get(9)?)))?;
    let mut packages: Vec<Package> = Vec::new();
    for row in rows {
        let (version, current, last) = row?;
        match packages.last_mut().filter(|package| package.name == version.package) {
            Some(package) => package.versions.push(version),
            None => packages.push(Package {
                name: version.package.clone(),
                current,
                last,
                versions: vec![version],
            }),
        }
    }
    Ok(packages)
}

pub(crate) fn version(
    connection: &Connection,
    key: &str,
) -> Result<Option<(PackageVersion, String)>> {
    let sql = format!("{VERSION} WHERE key = ?1");
    let mut select = connection.prepare_cached(&sql)?;
    Ok(select.query_row([key], |row| Ok((version_of(row)?, row.get(8)?))).optional()?)
}

pub(crate) fn file(connection: &Connection, key: &str, path: &str) -> Result<Option<PackageFile>> {
    let sql = format!("{FILE} WHERE key = ?1 AND path = ?2");
    Ok(connection.prepare_cached(&sql)?.query_row([key, path], file_of).optional()?)
}

pub(crate) fn files(
    connection: &Connection,
    key: &str,
    after: &str,
    limit: usize,
) -> Result<Vec<PackageFile>> {
    let sql = format!("{FILE} WHERE key = ?1 AND path > ?2 ORDER BY path LIMIT ?3");
    let mut select = connection.prepare_cached(&sql)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = select.query_map(params![key, after, limit], file_of)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Those of these hashes whose content a version needs.
pub(crate) fn needed(connection: &Connection, hashes: Vec<String>) -> Result<HashSet<String>> {
    let sql = "SELECT EXISTS (SELECT 1 FROM package_file WHERE sha256 = ?1)";
    let mut select = connection.prepare_cached(sql)?;
    let mut needed = HashSet::new();
    for hash in hashes {
        if select.query_row([&hash], |row| row.get(0))? {
            needed.insert(hash);
        }
    }
    Ok(needed)
}

fn rejected(reason: String) -> crate::failure::Failure {
    StoreError::Rejected(reason).into()
}

pub(crate) fn add(session: &Session<'_>, name: &str, new: &NewVersion) -> Result<u32> {
    let sql = "SELECT last FROM package WHERE name = ?1";
    let last: u32 = session.one(sql, [name], |row| row.get(0))?.unwrap_or_default();
    let number = new.number.unwrap_or(last.saturating_add(1));
    let bytes = new.files.iter().map(|file| file.content.bytes).sum();
    let added = session.run(
        "INSERT OR IGNORE INTO package_version \
         (key, package, number, title, standard, created, files, bytes, outline) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            new.key,
            name,
            number,
            new.title,
            new.standard,
            new.created.micros(),
            signed(new.files.len() as u64),
            signed(bytes),
            new.outline
        ],
    )?;
    if added == 0 {
        return Err(rejected(format!(
            "version {number} of `{name}` is there, or its key is taken"
        )));
    }
    session.run(
        "INSERT INTO package (name, current, last) VALUES (?1, ?2, max(?2, ?3)) ON CONFLICT (name) \
         DO UPDATE SET current = excluded.current, last = excluded.last",
        params![name, number, last.max(new.last)],
    )?;
    Ok(number)
}

/// Adds files of a version that is not there yet. With `first` the key is claimed: no other version has it, or is about to.
pub(crate) fn add_files(
    session: &Session<'_>,
    key: &str,
    files: &[PackageFile],
    first: bool,
) -> Result<()> {
    let sql = "SELECT EXISTS (SELECT 1 FROM package_version WHERE key = ?1) \
               OR EXISTS (SELECT 1 FROM package_file WHERE key = ?1)";
    if first && session.one(sql, [key], |row| row.get(0))?.unwrap_or(true) {
        return Err(rejected(format!("the key {key} is taken")));
    }
    for file in files {
        let added = session.run(
            "INSERT OR IGNORE INTO package_file (key, path, content_type, sha256, bytes) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                key,
                file.path,
                file.content_type,
                file.content.sha256,
                signed(file.content.bytes)
            ],
        )?;
        if added == 0 {
            return Err(rejected(format!("the path {} is there twice", file.path)));
        }
    }
    Ok(())
}

pub(crate) fn set_current(session: &Session<'_>, name: &str, number: u32) -> Result<bool> {
    let sql = "UPDATE package SET current = ?2 WHERE name = ?1 AND EXISTS \
               (SELECT 1 FROM package_version WHERE package = ?1 AND number = ?2)";
    Ok(session.run(sql, params![name, number])? == 1)
}

/// Removes the version of this key. Its files stay until [`remove_files`], where nobody finds them without the version.
/// Its launches stay until they expire, so that learners can be told.
fn remove_key(session: &Session<'_>, key: &str) -> Result<()> {
    session.run("DELETE FROM package_version WHERE key = ?1", [key])?;
    Ok(())
}

/// Removes a version that is not the current one; gives its key.
pub(crate) fn remove_version(
    session: &Session<'_>,
    name: &str,
    number: u32,
) -> Result<Option<String>> {
    let sql = "SELECT v.key FROM package_version AS v JOIN package AS p ON p.name = v.package \
               WHERE v.package = ?1 AND v.number = ?2 AND p.current <> ?2";
    let key: Option<String> = session.one(sql, params![name, number], |row| row.get(0))?;
    if let Some(key) = &key {
        remove_key(session, key)?;
    }
    Ok(key)
}

/// Removes a package with its versions; gives their keys.
pub(crate) fn remove(session: &Session<'_>, name: &str) -> Result<Option<Vec<String>>> {
    if session.run("DELETE FROM package WHERE name = ?1", [name])? == 0 {
        return Ok(None);
    }
    let sql = "SELECT key FROM package_version WHERE package = ?1";
    let keys: Vec<String> = session.all(sql, [name], |row| row.get(0))?;
    for key in &keys {
        remove_key(session, key)?;
    }
    Ok(Some(keys))
}

/// Removes some files of a version that is gone, at most `limit`; gives the hashes of their contents.
pub(crate) fn remove_files(session: &Session<'_>, key: &str, limit: usize) -> Result<Vec<String>> {
    let sql = "SELECT path, sha256 FROM package_file WHERE key = ?1 ORDER BY path LIMIT ?2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let some: Vec<(String, String)> =
        session.all(sql, params![key, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (path, _) in &some {
        session.run("DELETE FROM package_file WHERE key = ?1 AND path = ?2", [key, path])?;
    }
    Ok(some.into_iter().map(|(_, hash)| hash).collect())
}

/// The keys of files whose version is not there: of imports and removals that were broken off.
pub(crate) fn abandoned(connection: &Connection) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT key FROM package_file AS f WHERE NOT EXISTS \
               (SELECT 1 FROM package_version AS v WHERE v.key = f.key)";
    let mut select = connection.prepare_cached(sql)?;
    Ok(select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn add_launch(session: &Session<'_>, launch: &KeptLaunch) -> Result<bool> {
    let added = session.run(
        "INSERT OR IGNORE INTO launch (token, package, key, created, expires, revoked, body) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS \
         (SELECT 1 FROM package_version WHERE key = ?3 AND package = ?2)",
        params![
            launch.token,
            launch.package,
            launch.key,
            launch.created.micros(),
            launch.expires.micros(),
            launch.revoked,
            launch.body
        ],
    )?;
    Ok(added == 1)
}

pub(crate) fn launch(connection: &Connection, token: &str) -> Result<Option<KeptLaunch>> {
    let sql = format!("{LAUNCH} WHERE token = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([token], launch_of).optional()?)
}

pub(crate) fn launches(
    connection: &Connection,
    package: &str,
    alive: Instant,
    limit: usize,
) -> Result<Vec<KeptLaunch>> {
    let sql = format!(
        "{LAUNCH} WHERE package = ?1 AND expires > ?2 AND EXISTS \
         (SELECT 1 FROM package_version WHERE package_version.key = launch.key) \
         ORDER BY created DESC, token LIMIT ?3"
    );
    let mut select = connection.prepare_cached(&sql)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = select.query_map(params![package, alive.micros(), limit], launch_of)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn launches_beyond(
    connection: &Connection,
    after: &str,
    alive: Instant,
    limit: usize,
) -> Result<Vec<KeptLaunch>> {
    let sql = format!(
        "{LAUNCH} WHERE token > ?1 AND expires > ?2 AND EXISTS \
         (SELECT 1 FROM package_version WHERE package_version.key = launch.key) \
         ORDER BY token LIMIT ?3"
    );
    let mut select = connection.prepare_cached(&sql)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = select.query_map(params![after, alive.micros(), limit], launch_of)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn good_launches(connection: &Connection, key: &str, now: Instant) -> Result<u64> {
    let sql = "SELECT count(*) FROM launch WHERE key = ?1 AND expires > ?2 AND revoked = 0";
    let mut select = connection.prepare_cached(sql)?;
    Ok(select.query_row(params![key, now.micros()], |row| count(row, 0))?)
}

pub(crate) fn revoke_launch(session: &Session<'_>, token: &str) -> Result<bool> {
    let sql = "UPDATE launch SET revoked = 1 WHERE token = ?1 AND revoked = 0";
    Ok(session.run(sql, [token])? == 1)
}

pub(crate) fn remove_launches(session: &Session<'_>, instant: Instant) -> Result<()> {
    session.run("DELETE FROM launch WHERE expires < ?1", [instant.micros()])?;
    Ok(())
}
