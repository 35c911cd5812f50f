// Just enough of zip for packages of a few files: written as they are, read as any program packs them.

import { crc32, inflateRawSync } from "node:zlib";

/** A zip of files: name to text. */
export function zipped(files) {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const [file, data] = [Buffer.from(name), Buffer.from(text)];
    const common = Buffer.alloc(26);
    [20, 0x0800, 0, 0, 0x21].forEach((value, n) => common.writeUInt16LE(value, 2 * n));
    [crc32(data), data.length, data.length].forEach((value, n) => common.writeUInt32LE(value, 10 + 4 * n));
    common.writeUInt16LE(file.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    parts.push(Buffer.from("PK\x03\x04"), common, file, data);
    directory.push(Buffer.from("PK\x01\x02\x14\0"), common, place, file);
    at += 30 + file.length + data.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  [0, 0, directory.length / 4, directory.length / 4].forEach((value, n) => end.writeUInt16LE(value, 2 * n));
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, entries, Buffer.from("PK\x05\x06"), end]);
}

/** The files of a zip: name to bytes. */
export function unzipped(bytes) {
  const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06"));
  const files = {};
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, size] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)];
    const [name, extra, note] = [28, 30, 32].map((place) => bytes.readUInt16LE(at + place));
    const head = bytes.readUInt32LE(at + 42);
    const from = head + 30 + bytes.readUInt16LE(head + 26) + bytes.readUInt16LE(head + 28);
    const packed = bytes.subarray(from, from + size);
    files[bytes.toString("utf8", at + 46, at + 46 + name)] = method === 8 ? inflateRawSync(packed) : packed;
    at += 46 + name + extra + note;
  }
  return files;
}
