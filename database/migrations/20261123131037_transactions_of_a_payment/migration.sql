-- CreateEnum
CREATE TYPE "transaction_purpose" AS ENUM ('PAY', 'CANCEL');

-- DropIndex
DROP INDEX "chain_transaction_organization_id_payment_id_key";

-- DropIndex
DROP INDEX "chain_transaction_organization_id_wallet_id_chain_nonce_idx";

-- AlterTable
ALTER TABLE "chain_transaction" ADD COLUMN     "attempt" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "purpose" "transaction_purpose" NOT NULL DEFAULT 'PAY',
ADD COLUMN     "searched_to" BIGINT;

-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "cancel_reason" JSONB,
ADD COLUMN     "cancel_requested_at" TIMESTAMPTZ(3),
ADD COLUMN     "frozen_at" TIMESTAMPTZ(3),
ADD COLUMN     "frozen_reason" TEXT,
ADD COLUMN     "refusals" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "set_aside_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE UNIQUE INDEX "chain_transaction_organization_id_payment_id_attempt_key" ON "chain_transaction"("organization_id", "payment_id", "attempt");

-- From here on by hand: what Prisma cannot say.

-- The last line of "a nonce has one payment": another payment's first transaction with the same nonce is refused. What a
-- queue sends has the queue's own nonces; there the column only says where the wallet stood.
CREATE UNIQUE INDEX chain_transaction_nonce ON chain_transaction (organization_id, wallet_id, chain, nonce, attempt)
  WHERE submission_key IS NULL;

ALTER TABLE chain_transaction
  ADD CONSTRAINT chain_transaction_attempt CHECK (attempt > 0),
  ADD CONSTRAINT chain_transaction_queue CHECK (submission_key IS NULL OR (attempt = 1 AND purpose = 'PAY'));
ALTER TABLE payment
  ADD CONSTRAINT payment_frozen_with_reason CHECK ((frozen_at IS NULL) = (frozen_reason IS NULL)),
  ADD CONSTRAINT payment_cancel_with_reason CHECK ((cancel_requested_at IS NULL) = (cancel_reason IS NULL)),
  ADD CONSTRAINT payment_refusals CHECK (refusals >= 0);
