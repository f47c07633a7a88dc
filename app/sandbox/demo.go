package sandbox

// The demo credentials are those of the specification's sample messages, so that
// the samples work unchanged. They protect nothing but play money.
const (
	DemoAppID        = "demo0000000000000000000000000001"
	DemoAppKey       = "demokey0000000000000000000000001"
	DemoPayAppID     = "DEMOPAYAPP0000000000000000000001"
	DemoPayAppSecret = "DEMOPAYSECRET0000000000000000001"
)

// The identifiers of the sandbox's hospital and its health cards; it accepts
// others, too.
const (
	DemoRegion       = "359900"
	DemoEHCAppID     = "DEMOEHCAPP0000000000000000000001"
	DemoEHCAppSecret = "DEMOEHCSECRET0000000000000000001"
	DemoEHCTermID    = "ZZJ001"
)

// The demo SM2 pair, in hex (private: 32 bytes; public: 04‖X‖Y). Terminal and
// platform share it: a configuration for signtype SM2 names the private half as
// its own key and the public half as the platform's.
const (
	DemoPrivateKey = "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"
	DemoPublicKey  = "04344081B80805540A38D71D721BD072D8957EAE15AEB852E72086AB4C5962B89B5BB8628B9D9C4EDD30F341A5A25886C063CFF46DC04C7E68F2EFB3B58830E0F3"
)
