import pg from 'pg'

const MONTHS_AHEAD = 3
const DAYS_AHEAD = 7
/** Samples of health are counted within a day (a late one, too), and looked at by nobody once they are. */
const SAMPLE_DAYS = 3
/** A month is made long before it is needed, so whoever is in the way goes first. */
const LOCK_TIMEOUT_MS = 2000

/**
 * Makes the partitions of the coming months (of samples: days), as the owner of the tables, who alone may, and drops the
 * samples of days past. Gives the number of those made. Should it not be done for months, rows go to the default
 * partition: nothing is lost, only slower.
 */
export async function makePartitions(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString, application_name: 'wedi-partitions' })
  await client.connect()
  try {
    await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`)
    const { rows } = await client.query<{ made: boolean }>(
      `select make_decision_partition((date_trunc('month', now() at time zone 'UTC') + ahead * interval '1 month')::date) as made
       from generate_series(0, $1) ahead`,
      [MONTHS_AHEAD],
    )
    const days = await client.query<{ made: boolean }>(
      `select make_health_partition((now() at time zone 'UTC')::date + ahead) as made from generate_series(0, $1) ahead`,
      [DAYS_AHEAD],
    )
    await client.query(`select drop_health_partitions((now() at time zone 'UTC')::date - $1::int)`, [SAMPLE_DAYS])
    return [...rows, ...days.rows].filter(({ made }) => made).length
  } finally {
    await client.end()
  }
}
