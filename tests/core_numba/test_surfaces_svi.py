"""SVI: its formula, its arbitrage, and its calibration."""

from __future__ import annotations

import numpy as np
import pytest

from core_numba import ssvi
from core_numba.plain.surfaces import calibration as plain
from core_numba.surfaces.calibration import fit, quote_weights
from core_numba.surfaces.ssvi_calibration import fit_ssvi
from core_numba.surfaces.svi import (
    JumpWings,
    RawSVI,
    butterfly_free,
    calendar_free,
    durrleman,
    jump_wings_from_raw,
    least_density,
    natural_from_raw,
    raw_from_jump_wings,
    raw_from_natural,
    total_variance,
)

# A. Vogt's smile: Gatheral and Jacquier, 'Arbitrage-free SVI volatility surfaces', example 3.1.
VOGT = RawSVI(-0.0410, 0.1331, 0.3060, 0.3586, 0.4153)
SMILES = (
    RawSVI(0.005, 0.05, -0.5, 0.02, 0.1),
    RawSVI(0.012, 0.07, -0.45, 0.03, 0.15),
    RawSVI(0.03, 0.1, -0.4, 0.05, 0.3),
)
K = np.linspace(-0.4, 0.3, 40)
CLEAN = [total_variance(K, smile) for smile in SMILES]


def test_vogts_smile_has_positive_variance_and_a_negative_density() -> None:
    assert (total_variance(np.linspace(-1.5, 1.5, 301), VOGT) > 0.0).all()
    assert durrleman(0.8, VOGT) < 0.0
    assert not butterfly_free(VOGT)


def test_vogts_smile_has_the_published_jump_wings() -> None:
    wings = jump_wings_from_raw(VOGT, 1.0)
    published = (0.01742625, -0.1752111, 0.6997381, 1.316798, 0.0116249)
    assert wings == pytest.approx(published, rel=5e-6)


def test_its_published_repairs_are_free_of_butterflies() -> None:
    for call_wing, least in ((0.3493158, 0.01548182), (0.8564763, 0.0116249)):
        wings = JumpWings(0.01742625, -0.1752111, 0.6997381, call_wing, least)
        assert butterfly_free(raw_from_jump_wings(wings, 1.0))


@pytest.mark.parametrize("smile", [VOGT, *SMILES, RawSVI(0.01, 0.1, 0.3, 0.0, 0.2)])
def test_parametrisations_convert_back(smile: RawSVI) -> None:
    assert raw_from_natural(natural_from_raw(smile)) == pytest.approx(smile, abs=1e-12)
    assert raw_from_jump_wings(jump_wings_from_raw(smile, 0.3), 0.3) == pytest.approx(
        smile, abs=1e-12
    )


def test_wings_that_no_smile_has_are_refused() -> None:
    with pytest.raises(ValueError, match="between them"):
        raw_from_jump_wings(JumpWings(0.04, 3.0, 0.5, 0.5, 0.03), 1.0)
    with pytest.raises(ValueError, match="apart"):
        raw_from_jump_wings(JumpWings(0.04, 0.0, 0.5, 0.5, 0.04), 1.0)


def test_durrlemans_function_is_the_density_that_prices_imply() -> None:
    """g e^(-d2^2 / 2) / sqrt(2 pi w) is the density of k, as second differences of calls are."""
    from core_numba.european import black

    k, h = 0.1, 1e-4
    strikes = np.exp(k) * (1.0 + h * np.array([-1.0, 0.0, 1.0]))
    w = total_variance(np.log(strikes), SMILES[1])
    calls = black(1.0, strikes, np.sqrt(w), 1.0).value
    density = (calls[0] - 2 * calls[1] + calls[2]) / (np.exp(k) * h) ** 2 * np.exp(k)
    d2 = -k / np.sqrt(w[1]) - np.sqrt(w[1]) / 2
    mine = durrleman(k, SMILES[1]) * np.exp(-0.5 * d2 * d2) / np.sqrt(2 * np.pi * w[1])
    assert float(mine) == pytest.approx(density, rel=1e-5)


def test_clean_quotes_give_their_smiles_back() -> None:
    found = fit([K] * 3, CLEAN)
    assert found.parameters == pytest.approx(np.array(SMILES), rel=1e-6, abs=1e-8)
    assert (found.error < 1e-12).all()
    assert found.calendar_gap[0] == np.inf


def test_noisy_and_stale_quotes_leave_the_smile_where_it_was() -> None:
    rng = np.random.default_rng(3)
    noisy = [w * (1.0 + rng.normal(0.0, 0.01, len(w))) for w in CLEAN]
    noisy[1][5] *= 3.0
    noisy[2][30] *= 0.4
    found = fit([K] * 3, noisy)
    for i, w in enumerate(CLEAN):
        assert total_variance(K, found.smile(i)) == pytest.approx(w, rel=0.02)
        assert butterfly_free(found.smile(i))
    unwary = fit([K] * 3, noisy, robust=False)
    assert np.abs(total_variance(K, unwary.smile(1)) / CLEAN[1] - 1.0).max() > 0.04


def test_quotes_with_a_butterfly_are_fitted_without_it() -> None:
    k = np.linspace(-1.5, 1.5, 60)
    found = fit([k], [total_variance(k, VOGT)])
    assert found.least_density[0] >= 0.0
    assert butterfly_free(found.smile(0))
    assert found.error[0] < 0.005


def test_a_later_expiration_is_never_fitted_below_an_earlier_one() -> None:
    w = total_variance(np.linspace(-1.5, 1.5, 60), SMILES[1])
    k = np.linspace(-1.5, 1.5, 60)
    found = fit([k, k], [w, 0.9 * w], robust=False)
    assert calendar_free(found.smile(0), found.smile(1))
    assert butterfly_free(found.smile(1))
    assert found.calendar_gap[1] >= 0.0
    # At least as near as the earlier smile itself.
    assert found.error[1] <= np.sqrt(np.mean((0.1 * w) ** 2)) * (1.0 + 1e-9)


def test_plain_and_compiled_fit_alike() -> None:
    rng = np.random.default_rng(5)
    k = [np.sort(rng.uniform(-0.5, 0.4, 30)) for _ in SMILES[:2]]
    w = [
        total_variance(x, s) * (1.0 + rng.normal(0, 0.02, 30))
        for x, s in zip(k, SMILES[:2], strict=True)
    ]
    found = fit(k, w)
    p, q = np.empty((2, 5)), np.empty((2, 3))
    at = np.array([0, 30, 60])
    plain.fit(np.concatenate(k), np.concatenate(w), np.ones(60), at[:-1], at[1:], 1, p, q)
    for i in range(2):
        assert total_variance(K, found.smile(i)) == pytest.approx(
            total_variance(K, RawSVI(*p[i])), rel=1e-5
        )
    assert found.error == pytest.approx(q[:, 0], rel=1e-6)


def test_too_few_or_senseless_quotes_give_no_smile() -> None:
    bad = np.full(len(K), np.nan)
    found = fit([K[:4], K, K], [CLEAN[0][:4], bad, CLEAN[2]])
    assert np.isnan(found.parameters[:2]).all()
    assert found.smile(2) == pytest.approx(SMILES[2], rel=1e-6)
    with pytest.raises(ValueError, match="as many"):
        fit([K], [K[:3]])


def test_weights_count_errors_in_spreads() -> None:
    # Volatility 20 % over a quarter: dw = 2 * 0.2 * 0.25 * spread / vega = 0.1 * 0.05 / 10.
    assert float(quote_weights(0.2, 0.25, 10.0, 0.05)) == pytest.approx((1 / 0.0005) ** 2)
    assert quote_weights([0.2, np.nan, 0.2], 0.25, 10.0, [0.0, 0.1, -1.0]).tolist() == [0.0] * 3


def test_ssvi_gives_its_surface_back_and_stays_free_of_arbitrage() -> None:
    theta = np.array([0.004, 0.01, 0.04])
    clean = [ssvi.total_variance(K, t, rho=-0.4, eta=0.9) for t in theta]
    found = fit_ssvi([K] * 3, clean)
    assert (found.rho, found.eta) == pytest.approx((-0.4, 0.9), abs=1e-7)
    assert found.theta == pytest.approx(theta, rel=1e-7)
    for i, row in enumerate(found.raw()):
        assert total_variance(K, RawSVI(*row)) == pytest.approx(clean[i], rel=1e-6)
    rng = np.random.default_rng(2)
    noisy = fit_ssvi([K] * 3, [w * (1 + rng.normal(0, 0.2, len(K))) for w in clean[::-1]])
    assert ssvi.arbitrage_free(noisy.rho, noisy.eta)
    assert (np.diff(noisy.theta) >= 0.0).all()
    assert all(least_density(RawSVI(*row)) >= -1e-12 for row in noisy.raw())
    with pytest.raises(ValueError, match="no usable quote"):
        fit_ssvi([K], [np.zeros(len(K))])
