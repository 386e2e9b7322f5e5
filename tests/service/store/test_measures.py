def test_arrivals_come_first_each_measure_with_its_unit(store):
    assert [(measure.id, measure.unit) for measure in store.measures()] == [
        ("arrivals", "people/day"),
        ("departures", "people/day"),
        ("waiting", "people"),
        ("occupied_beds", "beds"),
    ]
