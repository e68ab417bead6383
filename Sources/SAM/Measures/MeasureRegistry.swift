/// A measure of the catalogue.
struct MeasureEntry {
    let name, summary, reference: Name
    let needs: Needs
    let make: () -> Measure

    init(_ type: Measure.Type) {
        let about = type.about
        name = Name(about.name)
        summary = Name(about.summary)
        reference = Name(about.reference)
        needs = about.needs
        make = { type.init() }
    }
}

/// Every measure, in the catalogue's order. A new one is its file and a line here.
nonisolated(unsafe) let measures: [MeasureEntry] = [
    MeasureEntry(LambdaMax.self),
    MeasureEntry(LambdaMin.self),
    MeasureEntry(EigenpairsMeasure.self),
    MeasureEntry(TraceMeasure.self),
    MeasureEntry(Frobenius.self),
    MeasureEntry(Diagonal.self),
    MeasureEntry(SpectralDensity.self),
    MeasureEntry(Layerwise.self),
    MeasureEntry(Classwise.self),
    MeasureEntry(WorstCase.self),
    MeasureEntry(AverageCase.self),
    MeasureEntry(MSharpness.self),
    MeasureEntry(SAMGap.self),
    MeasureEntry(FirstOrderFlatness.self),
    MeasureEntry(NoiseScale.self),
    MeasureEntry(StabilityRatio.self),
    MeasureEntry(DirectionalSharpness.self),
    MeasureEntry(Slice1D.self),
    MeasureEntry(Slice2D.self),
    MeasureEntry(Barrier.self),
    MeasureEntry(GradientNorm.self),
    MeasureEntry(CheckMeasure.self),
    MeasureEntry(EpsRadius.self),
    MeasureEntry(KeskarBox.self),
    MeasureEntry(LocalEntropy.self),
    MeasureEntry(PACBayesSigma.self),
    MeasureEntry(SharpnessGap.self),
    MeasureEntry(SpectralFunctions.self),
    MeasureEntry(SpectralNorm.self),
    MeasureEntry(GradientSubspace.self),
    MeasureEntry(BatchSharpness.self),
    MeasureEntry(GradientNoiseInteraction.self),
    MeasureEntry(RelativeFlatness.self),
    MeasureEntry(GradientCovariance.self),
    MeasureEntry(FisherTrace.self),
    MeasureEntry(Coherence.self),
    MeasureEntry(GSNR.self),
    MeasureEntry(Stiffness.self),
    MeasureEntry(FisherRaoNorm.self),
    MeasureEntry(PCAPlane.self),
    MeasureEntry(Roughness.self),
    MeasureEntry(CurvatureMap.self),
    MeasureEntry(Plane.self),
    MeasureEntry(EigenPlane.self),
    MeasureEntry(PathProfile.self),
    MeasureEntry(Bezier.self),
    MeasureEntry(Convexity.self),
    MeasureEntry(WeightNorms.self),
    MeasureEntry(SpectralNorms.self),
    MeasureEntry(Margin.self),
    MeasureEntry(Trajectory.self),
    MeasureEntry(HessianGaussNewtonGap.self),
    MeasureEntry(HessianCoherence.self),
    MeasureEntry(IGS.self),
    MeasureEntry(ClassGradientAlignment.self),
    MeasureEntry(GradientFlowSharpness.self),
    MeasureEntry(SharpnessTransfer.self),
    MeasureEntry(SurrogateSensitivity.self),
    MeasureEntry(TrajectoryKL.self),
    MeasureEntry(PSPEntropy.self),
    MeasureEntry(PathNorm.self),
    MeasureEntry(EffectiveModelComplexity.self),
    MeasureEntry(EigenResidual.self),
    MeasureEntry(MeasureCorrelation.self),
]
