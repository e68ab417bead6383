/// A method of the catalogue: a class, or a class with other defaults under a paper's name.
struct MethodEntry {
    let name, summary, reference: Name
    let exactness: Int
    /// A method with the entry's defaults.
    let make: () -> Method

    init(_ type: Method.Type) {
        let about = type.about
        name = Name(about.name)
        summary = Name(about.summary)
        reference = Name(about.reference)
        exactness = about.exactness
        make = { type.init() }
    }

    /// A preset: another name for settings of shared options.
    init(_ name: StaticString, of type: Method.Type, _ defaults: [(StaticString, Preset)], _ summary: StaticString,
         _ reference: StaticString) {
        self.name = Name(name)
        self.summary = Name(summary)
        self.reference = Name(reference)
        exactness = type.about.exactness
        make = {
            let method = type.init()
            for (name, value) in defaults {
                for option in method.options where option.name == Name(name) {
                    switch value {
                    case .number(let number): option.preset(number)
                    case .choice(let choice): option.preset(Double(option.code(of: Name(choice))))
                    }
                }
            }
            return method
        }
    }
}

/// A default of a preset: a number, or a choice by its name.
enum Preset: ExpressibleByFloatLiteral, ExpressibleByStringLiteral {
    case number(Double), choice(StaticString)
    init(floatLiteral value: Double) { self = .number(value) }
    init(stringLiteral value: StaticString) { self = .choice(value) }
}

/// Every method, in the catalogue's order. A new one is its file and a line here.
nonisolated(unsafe) let methods: [MethodEntry] = [
    MethodEntry(None.self),
    MethodEntry(SharpnessAware.self),
    MethodEntry("asam", of: SharpnessAware.self, [("rho", 0.5), ("scaling", "element")],
                "Adaptive SAM: the ball is scaled by the weights' sizes, so that rescaling a layer changes nothing.",
                "Kwon, Kim, Park, Choi 2021"),
    MethodEntry("sam_on", of: SharpnessAware.self, [("rho", 0.5), ("part", "norm")],
                "SAM on the normalisation layers alone: only their tensors are perturbed and counted in the radius.",
                "Mueller, Vlaar, Rolnick, Hein 2023"),
    MethodEntry("sam_filterwise", of: SharpnessAware.self, [("rho", 0.5), ("scaling", "filter")],
                "Adaptive SAM with one scale a filter: the norm of the row's weights.",
                "Kwon, Kim, Park, Choi 2021"),
    MethodEntry(USAM.self),
    MethodEntry(SAMLayerwise.self),
    MethodEntry(GSAM.self),
    MethodEntry(LookSAM.self),
    MethodEntry(FriendlySAM.self),
    MethodEntry(GAM.self),
    MethodEntry(MSAM.self),
    MethodEntry(DNSAM.self),
    MethodEntry(MicroBatchSAM.self),
    MethodEntry(GCSAM.self),
    MethodEntry(VaSSO.self),
    MethodEntry(StableSAM.self),
    MethodEntry(GNP.self),
    MethodEntry(WSAM.self),
    MethodEntry(CRSAM.self),
    MethodEntry(SSAMFisher.self),
    MethodEntry(SSAMDynamic.self),
    MethodEntry(ZSharp.self),
    MethodEntry(ESAM.self),
    MethodEntry(CrAM.self),
    MethodEntry(SplitSAM.self),
    MethodEntry("imbsam", of: SplitSAM.self, [],
                "SAM on the tail classes alone, the auxiliary objective; the head classes descend plainly.",
                "Zhou, Qu, Xu, Shen 2023"),
    MethodEntry("focalsam", of: SplitSAM.self, [],
                "SAM on a class-weighted part of the loss, the auxiliary objective; the rest descends plainly.",
                "Li, Xu, Yang, Wang, Zhang, Cao, Huang 2025"),
    MethodEntry(AdaSAP.self),
    MethodEntry(LESAM.self),
    MethodEntry(TRAM.self),
    MethodEntry("looklayersam", of: LookSAM.self, [("layerwise", 1.0)],
                "LookSAM with a perturbation of the same relative length in every tensor.",
                "Liu, Mai, Chen, Hsieh, You 2022"),
    MethodEntry(RST.self),
    MethodEntry(AESAM.self),
    MethodEntry(AELookSAM.self),
    MethodEntry(ReuseSAM.self),
    MethodEntry(AsyncSAM.self),
    MethodEntry(SAMPa.self),
    MethodEntry(DPSAT.self),
    MethodEntry(LookbehindSAM.self),
    MethodEntry(MultistepSAM.self),
    MethodEntry(MultistepMeanSAM.self),
    MethodEntry(RSAM.self),
    MethodEntry("rwp", of: ARWP.self, [("eta", 0.0)],
                "The gradient at randomly perturbed weights: noise in proportion to each row's norm.",
                "Li, Tao, Yan, Lei, Wu, Fang, He, Huang 2024"),
    MethodEntry(ARWP.self),
    MethodEntry(MARWP.self),
    MethodEntry(AvgSAM.self),
    MethodEntry(AntiPGD.self),
    MethodEntry(EntropySGD.self),
    MethodEntry(FisherSAM.self),
    MethodEntry(EigenSAM.self),
    MethodEntry(SAGM.self),
    MethodEntry(BSAM.self),
    MethodEntry(AdaSAM.self),
    MethodEntry(LightSAM.self),
    MethodEntry(Sassha.self),
    MethodEntry(MSassha.self),
    MethodEntry(SAMSPS.self),
    MethodEntry(ZO.self),
    MethodEntry(ZOSGD.self),
    MethodEntry(ZOAscentSAM.self),
    MethodEntry(ZOSAM.self),
    MethodEntry(ZORecursive.self),
    MethodEntry(Extragradient.self),
    MethodEntry(PastExtragradient.self),
    MethodEntry(Optimistic.self),
    MethodEntry(NormalizedGD.self),
    MethodEntry(Spider.self),
    MethodEntry(O2NC.self),
    MethodEntry(ExponentialO2NC.self),
    MethodEntry(Bloop.self),
    MethodEntry(ProxyProx.self),
    MethodEntry(ProximalPoint.self),
    MethodEntry(RegularizedNewton.self),
    MethodEntry(DampedNewton.self),
    MethodEntry(SaddleFreeNewton.self),
    MethodEntry(TruncatedModel.self),
    MethodEntry(ZOFrankWolfe.self),
]
