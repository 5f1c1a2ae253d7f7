use super::*;

#[test]
fn the_default_model_is_valid_and_survives_json() {
    let model = HealthModel::default();
    assert_eq!(model.problems(), []);
    let json = serde_json::to_value(&model).unwrap();
    assert_eq!(serde_json::from_value::<HealthModel>(json).unwrap(), model);
    let kinds: Vec<_> = model.dimensions.iter().flat_map(|it| &it.factors).map(|it| it.key).collect();
    assert_eq!(kinds, FactorKind::ALL);
    for kind in FactorKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.key());
    }
}

#[test]
fn every_problem_of_a_model_is_named() {
    let mut model = HealthModel { version: 0, name: " ".to_owned(), min_coverage: 2.0, ..HealthModel::default() };
    model.dimensions[0].weight = f64::NAN;
    model.dimensions[1].factors[0].weight = 41.0;
    model.dimensions[1].factors[3].params.insert("halfLifeDays".to_owned(), 0.0);
    model.dimensions[1].factors[3].params.insert("speed".to_owned(), 1.0);
    model.dimensions[2].key = DimensionKey::Engagement;
    model.bands.attention = 70.0;
    model.caps[1].cap = -1.0;
    let paths: Vec<_> = model.problems().into_iter().map(|it| it.path).collect();
    assert_eq!(
        paths,
        [
            "version",
            "name",
            "dimensions[0].weight",
            "dimensions",
            "dimensions[1].factors",
            "dimensions[1].factors[3].params.halfLifeDays",
            "dimensions[1].factors[3].params.speed",
            "dimensions[2].key",
            "bands",
            "caps[1].cap",
            "minCoverage",
        ]
    );
}

#[test]
fn a_preview_counts_customers_whose_band_differs() {
    let before = HealthModel::default();
    let mut draft = HealthModel { version: 2, ..before.clone() };
    draft.bands.healthy = 69.0;
    let change = preview(&before, &draft, &example(), now(), on(0));
    let mut total = Preview::default();
    total.add(change);
    assert_eq!((change.before, change.after), (Band::Attention, Band::Healthy));
    assert_eq!((total.customers, total.changed, total.worse, total.difference), (1, 1, 0, 0.0));
}

#[test]
fn scores_of_two_models_or_sets_of_factors_are_not_compared() {
    let score = at(&example(), 0);
    let other = Score { model_version: 2, ..score.clone() };
    assert_eq!(changes(&score, &other), None);
    let without = Observations { deployments: Vec::new(), ..example() };
    assert_eq!(changes(&score, &at(&without, 0)), None);
}
