package koresim

import "time"

// notForMedia are faults after which a file cannot be told from a good one, or
// that mean nothing for files: they do not strike the media host.
var notForMedia = map[FaultKind]bool{
	FaultReplay: true, FaultInvalidUTF8: true, FaultWrongTypes: true, FaultTwisted: true, FaultWrongLeaves: true,
	FaultHugeNumbers: true, FaultDuplicateKeys: true, FaultDeepNesting: true, FaultUnknownStatus: true,
	FaultHuge: true, FaultGzipBomb: true, FaultLimitText: true,
}

// Chaos returns every fault that a client can get over by asking again, or by
// reading on, for each kind of request: together they strike a share, 0 to 1,
// of the requests of each kind, each about as often. Which ones is a matter of
// the seed and of the request, so that at a share below 1 a client that asks
// again gets through.
//
// Not among them are those that say something untrue which nobody could tell
// from the truth (not-found), the hour's limit, and redirects.
func Chaos(share float64) []Fault {
	var out []Fault
	for _, k := range []Kind{KindCallDetails, KindSessions, KindVoicemail, KindRecordings, KindRecordingsV1, KindMedia} {
		var list []Fault
		for _, f := range chaos {
			statusMeansNothing := k == KindCallDetails || k == KindSessions || k == KindRecordingsV1
			if k == KindMedia && notForMedia[f.Kind] || statusMeansNothing && f.Kind == FaultUnknownStatus {
				continue
			}
			f.On = k
			list = append(list, f)
		}
		each := share / float64(len(list))
		for i := range list {
			// The chance among those that the faults before it have let pass.
			list[i].Probability = each / (1 - each*float64(i))
		}
		out = append(out, list...)
	}
	if share <= 0 {
		return nil
	}
	return out
}

// chaos are the faults of Chaos.
var chaos = []Fault{
	{Kind: FaultStatus, Status: 500}, {Kind: FaultStatus, Status: 502}, {Kind: FaultStatus, Status: 503}, {Kind: FaultStatus, Status: 504},
	{Kind: FaultReset}, {Kind: FaultResetBody}, {Kind: FaultTruncated},
	{Kind: FaultHTML}, {Kind: FaultEmpty}, {Kind: FaultReplay},
	{Kind: FaultLimit429}, {Kind: FaultLimit429, RetryAfter: time.Second},
	{Kind: FaultLimitText}, {Kind: FaultLimitText, Status: 400},
	{Kind: FaultSlowDrip, Delay: 2 * time.Millisecond},
	{Kind: FaultInvalidUTF8}, {Kind: FaultWrongTypes}, {Kind: FaultTwisted}, {Kind: FaultWrongLeaves},
	{Kind: FaultHugeNumbers}, {Kind: FaultDuplicateKeys}, {Kind: FaultDeepNesting}, {Kind: FaultUnknownStatus},
	{Kind: FaultHuge}, {Kind: FaultGzip}, {Kind: FaultGzipBomb},
}

// InjectAll is Inject for each of faults, in their order.
func (s *Sim) InjectAll(faults []Fault) (remove func()) {
	removes := make([]func(), 0, len(faults))
	for _, f := range faults {
		removes = append(removes, s.Inject(f))
	}
	return func() {
		for _, r := range removes {
			r()
		}
	}
}
