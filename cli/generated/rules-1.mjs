// Made by scripts/bundle-rules.mjs from server/src/modules/capabilities/rules.ts.
import { getAddress, isAddress } from "viem";
// server/src/platform/caip.ts
var ACCOUNT = /^(?:(eip155:[1-9][0-9]{0,15}):)?(0x[0-9a-fA-F]{40})$/;
/** Reads a bare address or a CAIP-10 account; undefined when malformed or wrongly checksummed. */
function parseAccount(text) {
	const match = ACCOUNT.exec(text);
	const address = match?.[2];
	if (!match || address === void 0 || !isAddress(address)) return void 0;
	return match[1] === void 0 ? { address: getAddress(address) } : {
		chain: match[1],
		address: getAddress(address)
	};
}
// server/src/modules/capabilities/headroom.ts
var amountLeft = (limit) => limit.maxAmount === null ? void 0 : atLeastZero(limit.maxAmount - limit.reserved - limit.spent);
var countLeft = (limit) => limit.maxCount === null ? void 0 : Math.max(0, limit.maxCount - limit.reservedCount - limit.spentCount);
var lesser = (a, b) => b >= a ? a : b;
var atLeastZero = (value) => value > 0n ? value : 0n;
/** The limits without room for an amount, each with how much room there is. */
function exceededBy(limits, amount) {
	return limits.flatMap((limit) => {
		const left = amountLeft(limit);
		const reasons = [];
		const about = {
			limitId: limit.limitId,
			scope: limit.scope,
			window: limit.window
		};
		if (left !== void 0 && amount > left) reasons.push({
			code: "limit.amountExceeded",
			...about,
			cap: String(limit.maxAmount),
			remaining: String(left)
		});
		if (countLeft(limit) === 0) reasons.push({
			code: "limit.countExceeded",
			...about,
			maxCount: limit.maxCount,
			remaining: "0"
		});
		return reasons;
	});
}
/**
* What every limit would allow instead of what was asked for, if nobody else takes of them meanwhile: undefined when that
* is nothing, ever. Room only grows at the end of a window, so nothing but those moments has to be looked at.
*/
function allowedInstead({ now, limits, payment, authority }) {
	const changes = [now, ...limits.flatMap(({ span }) => span.end?.getTime() ?? []).sort((a, b) => a - b).map((end) => new Date(end))].filter((time) => authority.expiresAt === null || time < authority.expiresAt).map((time) => ({
		time,
		amount: limits.map((limit) => roomAt(limit, time)).reduce(lesser, payment.amount)
	}));
	const first = changes.find(({ amount }) => amount > 0n);
	if (!first) return void 0;
	const most = changes.at(-1)?.amount ?? first.amount;
	const full = changes.find(({ amount }) => amount >= most) ?? first;
	const changeOf = ({ time, amount }) => ({
		maxAmount: String(amount),
		...time !== now && { notBefore: time.toISOString() }
	});
	return {
		...changeOf(first),
		...full.amount > first.amount && { later: changeOf(full) }
	};
}
/** What a limit leaves to one payment, when it is made at a time: all of it once the present window is over. */
function roomAt(limit, time) {
	const isNew = limit.span.end !== void 0 && limit.span.end <= time;
	if ((isNew ? limit.maxCount : countLeft(limit)) === 0) return 0n;
	return (isNew ? limit.maxAmount : amountLeft(limit)) ?? UNLIMITED;
}
/** More than any amount. */
var UNLIMITED = 10n ** 78n;
// server/src/modules/capabilities/rules.ts
/** Of the rules in this file. It changes with each change of an answer, so that an old verdict is judged by its own rules. */
var RULES_VERSION = "1";
/** May this payment be made? Pure: the same question has the same answer for ever, so that it can be replayed. */
function verdict(question) {
	const others = [...standing(question), ...scope(question)];
	const exceeded = exceededBy(question.limits, question.payment.amount);
	const allowed = others.length === 0 && exceeded.length > 0 ? allowedInstead(question) : void 0;
	const denials = [...others, ...exceeded.map((reason) => allowed ? {
		...reason,
		allowed
	} : reason)];
	if (denials.length > 0) return {
		verdict: "DENY",
		reasons: denials
	};
	const holds = question.stage === "request" ? holdsOf(question) : [];
	if (holds.length > 0) return {
		verdict: "HOLD",
		reasons: holds
	};
	return {
		verdict: "ALLOW",
		reasons: [{ code: "authority.withinLimits" }]
	};
}
/** Is everyone concerned in a state in which money may move? */
function* standing({ organization, agent, wallet, stage }) {
	if (organization !== "ACTIVE") yield { code: "organization.frozen" };
	if (!(agent === "ACTIVE" || stage === "execution" && agent === "PAUSED")) yield {
		code: "agent.notActive",
		status: agent
	};
	if (!wallet) yield { code: "wallet.none" };
	else if (wallet.status !== "ACTIVE") yield {
		code: "wallet.notActive",
		status: wallet.status
	};
}
/** Does a rule name what is asked? What no rule mentions is denied. */
function* scope({ now, authority, wallet, payment }) {
	if (authority.authorityLevel === "OBSERVE") yield { code: "authority.observeOnly" };
	if (authority.expiresAt !== null && authority.expiresAt <= now) yield {
		code: "capability.expired",
		expiresAt: authority.expiresAt.toISOString()
	};
	if (wallet && !names(authority.providers, wallet.provider)) yield {
		code: "capability.providerNotAllowed",
		provider: wallet.provider
	};
	if (!names(authority.chains, payment.chain)) yield {
		code: "capability.chainNotAllowed",
		chain: payment.chain
	};
	if (!names(authority.assets, payment.asset)) yield {
		code: "capability.assetNotAllowed",
		asset: payment.asset
	};
	if (namesPayee(authority.payeesDeny, payment)) yield {
		code: "payee.denied",
		payee: payment.payee
	};
	else if (!namesPayee(authority.payeesAllow, payment)) yield {
		code: "payee.notAllowed",
		payee: payment.payee
	};
}
function names(list, value) {
	const wanted = value.toLowerCase();
	return list.some((entry) => entry === "*" || entry.toLowerCase() === wanted);
}
function namesPayee(list, { payee, chain }) {
	return list.some((entry) => {
		if (entry === "*") return true;
		const account = parseAccount(entry);
		return (account?.chain === void 0 || account.chain === chain) && account?.address.toLowerCase() === payee.toLowerCase();
	});
}
/** What a person has to be asked about. */
function* holdReasons({ authority, payment }) {
	if (authority.authorityLevel === "PROPOSE") yield { code: "authority.proposeOnly" };
	if (authority.authorityLevel !== "SUPERVISED") return;
	const threshold = authority.approvalThreshold.find(({ asset }) => asset.toLowerCase() === payment.asset.toLowerCase());
	if (threshold && payment.amount > threshold.amount) yield {
		code: "authority.aboveApprovalThreshold",
		threshold: String(threshold.amount)
	};
}
var holdsOf = (question) => [...holdReasons(question)];
export { RULES_VERSION, names, verdict };
