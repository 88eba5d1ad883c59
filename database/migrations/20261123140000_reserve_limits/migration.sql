-- Takes a batch of payments' amounts of all their limits, in the order given: a payment for which every limit has room
-- takes it, one for which some limit has none takes nothing and does not stop those behind it. Says of each payment
-- whether it was taken.
--
-- Why a function: admission in order, where what was refused leaves its room to the next, is a loop over running totals.
-- Window functions cannot say it, a recursive query carries all totals through every step, and a client would hold the
-- rows over more round trips. It runs with its caller's rights, so row-level security holds in it as outside.
--
-- Places are the counters (limit, window, payee), each once; takes say which payment counts in which place, those of one
-- payment side by side and in the order of the payments.
--
-- Both writes of counters are upserts, which find a row by the primary key whatever the statistics of the table suggest:
-- as an update or a join it read all counters of the organisation for every place, twenty times slower.
CREATE FUNCTION reserve_limits(
  organization uuid,
  payments uuid[], amounts numeric[],
  limits uuid[], starts timestamptz[], payees text[], amount_caps numeric[], count_caps int[],
  take_payments int[], take_places int[]
) RETURNS boolean[] LANGUAGE plpgsql VOLATILE SECURITY INVOKER AS $$
DECLARE
  used numeric[];
  times int[];
  more numeric[] := array_fill(0::numeric, ARRAY[cardinality(limits)]);
  more_times int[] := array_fill(0, ARRAY[cardinality(limits)]);
  taken boolean[] := '{}';
  fits boolean;
  place int;
  take int := 1;
  first_take int;
  written int;
BEGIN
  -- Makes the counters that are missing and locks all of them, in one order, so that no two batches wait for each other.
  WITH locked AS (
    INSERT INTO limit_counter AS c (organization_id, limit_id, window_start, payee)
    SELECT organization, x.* FROM unnest(limits, starts, payees) AS x (limit_id, window_start, payee)
    ORDER BY x.limit_id, x.window_start, x.payee
    ON CONFLICT (organization_id, limit_id, window_start, payee) DO UPDATE SET reserved_count = c.reserved_count
    RETURNING c.limit_id, c.window_start, c.payee,
              c.reserved_amount + c.spent_amount AS amount, c.reserved_count + c.spent_count AS count
  )
  SELECT array_agg(locked.amount ORDER BY x.place), array_agg(locked.count ORDER BY x.place) INTO used, times
  FROM locked JOIN unnest(limits, starts, payees) WITH ORDINALITY AS x (limit_id, window_start, payee, place)
    USING (limit_id, window_start, payee);

  FOR payment IN 1 .. cardinality(payments) LOOP
    first_take := take;
    fits := true;
    WHILE take_payments[take] = payment LOOP
      place := take_places[take];
      -- A counter that is not ours has no room; a cap that is null is none.
      IF used[place] IS NULL OR used[place] + amounts[payment] > amount_caps[place] OR times[place] >= count_caps[place] THEN
        fits := false;
      END IF;
      take := take + 1;
    END LOOP;
    taken[payment] := fits;
    IF fits THEN
      FOR mine IN first_take .. take - 1 LOOP
        place := take_places[mine];
        used[place] := used[place] + amounts[payment];
        times[place] := times[place] + 1;
        more[place] := more[place] + amounts[payment];
        more_times[place] := more_times[place] + 1;
      END LOOP;
    END IF;
  END LOOP;

  -- The check constraints of limit_counter have the last word.
  INSERT INTO limit_counter AS c
    (organization_id, limit_id, window_start, payee, reserved_amount, reserved_count, cap_amount, cap_count)
  SELECT organization, x.* FROM unnest(limits, starts, payees, more, more_times, amount_caps, count_caps)
    AS x (limit_id, window_start, payee, more, more_times, amount_cap, count_cap)
  WHERE x.more_times > 0
  ON CONFLICT (organization_id, limit_id, window_start, payee) DO UPDATE
    SET reserved_amount = c.reserved_amount + excluded.reserved_amount,
        reserved_count = c.reserved_count + excluded.reserved_count,
        cap_amount = excluded.cap_amount, cap_count = excluded.cap_count;

  -- What a payment gave back it may take again, in another window; what it holds it cannot take twice.
  INSERT INTO reservation AS r (organization_id, payment_id, limit_id, window_start, payee, amount)
  SELECT organization, payments[x.payment], limits[x.place], starts[x.place], payees[x.place], amounts[x.payment]
  FROM unnest(take_payments, take_places) AS x (payment, place)
  WHERE taken[x.payment]
  ON CONFLICT (organization_id, payment_id, limit_id) DO UPDATE
    SET window_start = excluded.window_start, payee = excluded.payee, amount = excluded.amount, status = 'RESERVED'
    WHERE r.status = 'RELEASED';
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written <> (SELECT count(*) FROM unnest(take_payments) AS x (payment) WHERE taken[x.payment]) THEN
    RAISE EXCEPTION 'a payment holds its part of a limit already' USING ERRCODE = 'unique_violation';
  END IF;

  RETURN taken;
END $$;
