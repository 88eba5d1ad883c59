/** `organization_id = $1`, `t.organization_id = $1::uuid`, and Prisma's `"public"."agent"."organization_id" = $1`. */
const FILTER = /(?:[\w"]+\.)*"?\borganization_id"?\s*=\s*(\$\d+)(?:::uuid)?/g
/** The organisation's own table is told by its id. */
const OF_ORGANIZATION = /\b(?:from|update)\s+organization\b/i
const OWN_ID = /\bid = (\$1)\b/g

/** Takes every organisation filter out of a statement; only what the database itself enforces is left. */
export function withoutFilters(text: string): string {
  const open = text.replace(FILTER, '($1::uuid is not null)')
  return OF_ORGANIZATION.test(open) ? open.replace(OWN_ID, '($1::uuid is not null)') : open
}

/** True when a statement still says whose rows it means (an `insert` says it of the row it makes, which is no filter). */
export const isFiltered = (text: string): boolean =>
  new RegExp(FILTER.source).test(text) || (OF_ORGANIZATION.test(text) && new RegExp(OWN_ID.source).test(text))

/** True when a statement reads or changes rows that are there. */
export const looksAtRows = (text: string): boolean =>
  /\b(?:from|update|join|delete from)\s+(?:"?public"?\.)?"?[a-z_]+"?/i.test(text)
