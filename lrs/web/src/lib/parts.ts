// The parts of the UI, each with what one must be allowed to see it.

interface Part {
  id: 'my' | 'courses' | 'content' | 'statements' | 'people' | 'keys' | 'system';
  /** Any of these is enough. */
  operations: readonly string[];
  /** How the addresses of its pages begin. */
  begins: readonly string[];
}

export const PARTS: readonly Part[] = [
  { id: 'my', operations: ['my.read'], begins: ['/my'] },
  { id: 'courses', operations: ['courses.read'], begins: ['/courses'] },
  { id: 'content', operations: ['packages.read'], begins: ['/content'] },
  {
    id: 'statements',
    operations: ['statements.read', 'statements.check', 'refusals.read'],
    begins: ['/statements'],
  },
  { id: 'people', operations: ['server.manage'], begins: ['/people', '/invite', '/audit'] },
  { id: 'keys', operations: ['server.manage'], begins: ['/keys'] },
  { id: 'system', operations: ['server.manage', 'courses.write'], begins: ['/system'] },
];

/** Whether an address is of a part. */
export const isOf = (part: Part, path: string): boolean =>
  part.begins.some((begin) => path === begin || path.startsWith(`${begin}/`));

/** Whether the page at an address may be seen; what is in no part may be. */
export function isFor(path: string, allows: (operation: string) => boolean): boolean {
  const part = PARTS.find((one) => isOf(one, path));
  return !part || part.operations.some(allows);
}
