// Requests to parts of the API by their path, with JSON or a file as their body.

import { request } from './api';
import { BASE } from './base';

/** What a request says beside its path. */
export interface Asked {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, as this media type. */
  file?: Blob;
  type?: string;
  /** The parameters; empty ones are left out. */
  query?: Record<string, string>;
  signal?: AbortSignal;
}

/** A path below `/api/v1/`, each segment as it is called. */
export const api = (...segments: string[]): string =>
  `${BASE}/api/v1/${segments.map(encodeURIComponent).join('/')}`;

/** A request, and its answer as it came. Throws `Refused`. */
export async function send(path: string, asked: Asked = {}): Promise<Response> {
  const { method = 'GET', body, file, type, query = {}, signal } = asked;
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const search = new URLSearchParams(given).toString();
  const headers: Record<string, string> = { Accept: 'application/json' };
  const sends = file ?? (body === undefined ? undefined : JSON.stringify(body));
  if (sends !== undefined) headers['Content-Type'] = type ?? 'application/json';
  return request(search ? `${path}?${search}` : path, { headers, signal, method, body: sends });
}

/** A request, and what its answer says. Throws `Refused`. */
export async function ask<T>(path: string, asked: Asked = {}): Promise<T> {
  const answer = await send(path, asked);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

/** A page of a list of anything; what each list has in it is described by the API. */
export interface Page<T> {
  items: T[];
  /** What asks for the next page, as `after`. */
  next: string | null;
}

/** Gives a file to the browser, which keeps it and opens nothing. */
export function save(bytes: BlobPart, name: string, type = 'application/octet-stream'): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** Gives the browser a file of the API, under the name that the server gives it; says which it is. */
export async function download(address: string, name: string): Promise<string> {
  const answer = await request(address, {});
  const given = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1];
  const file = await answer.blob();
  save(file, given ?? name, file.type);
  return given ?? name;
}
