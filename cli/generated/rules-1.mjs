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
// server/src/modules/capabilities/rules.ts
/** Of the rules in this file. It changes with each change of an answer, so that an old verdict is judged by its own rules. */
var RULES_VERSION = "1";
/** May this payment be made? Pure: the same question has the same answer for ever, so that it can be replayed. */
function verdict(question) {
	const denials = [
		...standing(question),
		...scope(question),
		...headroom(question)
	];
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
var amountLeft = (limit) => limit.maxAmount === null ? void 0 : atLeastZero(limit.maxAmount - limit.reserved - limit.spent);
var countLeft = (limit) => limit.maxCount === null ? void 0 : Math.max(0, limit.maxCount - limit.reservedCount - limit.spentCount);
var lesser = (a, b) => b >= a ? a : b;
var atLeastZero = (value) => value > 0n ? value : 0n;
/** Is there room in every limit? Each denial says how much room there is and what would be allowed instead. */
function headroom({ limits, payment }) {
	const exceeded = limits.flatMap((limit) => {
		const left = amountLeft(limit);
		const times = countLeft(limit);
		const reasons = [];
		const about = {
			limitId: limit.limitId,
			scope: limit.scope,
			window: limit.window
		};
		if (left !== void 0 && payment.amount > left) reasons.push({
			code: "limit.amountExceeded",
			...about,
			cap: String(limit.maxAmount),
			remaining: String(left)
		});
		if (times === 0) reasons.push({
			code: "limit.countExceeded",
			...about,
			maxCount: limit.maxCount,
			remaining: "0"
		});
		return reasons;
	});
	if (exceeded.length === 0) return exceeded;
	const allowed = allowedInstead(limits, payment.amount);
	return exceeded.map((reason) => allowed === void 0 ? reason : {
		...reason,
		allowed
	});
}
/** The smallest change that every limit would allow: less now, or (when something is used up) not before a time. */
function allowedInstead(limits, amount) {
	const ends = limits.filter((limit) => amountLeft(limit) === 0n || countLeft(limit) === 0).map(({ span }) => span.end);
	if (ends.includes(void 0)) return void 0;
	const notBefore = ends.reduce((latest, end) => latest && end && latest > end ? latest : end, void 0);
	const maxAmount = limits.flatMap((limit) => {
		const isNew = notBefore !== void 0 && limit.span.end !== void 0 && limit.span.end <= notBefore;
		if (isNew && limit.maxCount === 0) return [0n];
		const most = isNew ? limit.maxAmount : amountLeft(limit);
		return most === void 0 || most === null ? [] : [most];
	}).reduce(lesser, amount);
	if (maxAmount === 0n) return void 0;
	return {
		maxAmount: String(maxAmount),
		...notBefore && { notBefore: notBefore.toISOString() }
	};
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
