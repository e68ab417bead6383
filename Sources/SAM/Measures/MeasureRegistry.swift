/// A measure of the catalogue.
struct MeasureEntry {
    let name, summary, reference: Name
    let needs: Needs
    let make: () -> Measure

    init(_ type: Measure.Type) {
        name = Name(type.name)
        summary = Name(type.summary)
        reference = Name(type.reference)
        needs = type.needs
        make = { type.init() }
    }
}

/// Every measure, in the catalogue's order. A new one is its file and a line here.
nonisolated(unsafe) let measures: [MeasureEntry] = [
    MeasureEntry(LambdaMax.self),
    MeasureEntry(LambdaMin.self),
    MeasureEntry(EigenpairsMeasure.self),
    MeasureEntry(TraceMeasure.self),
    MeasureEntry(SpectralDensity.self),
    MeasureEntry(WorstCase.self),
    MeasureEntry(AverageCase.self),
    MeasureEntry(SAMGap.self),
    MeasureEntry(GradientNorm.self),
    MeasureEntry(CheckMeasure.self),
    MeasureEntry(Slice1D.self),
    MeasureEntry(Slice2D.self),
    MeasureEntry(Barrier.self),
    MeasureEntry(EpsRadius.self),
    MeasureEntry(KeskarBox.self),
    MeasureEntry(LocalEntropy.self),
    MeasureEntry(PACBayesSigma.self),
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
    MeasureEntry(Trajectory.self),
    MeasureEntry(GradientFlowSharpness.self),
]
