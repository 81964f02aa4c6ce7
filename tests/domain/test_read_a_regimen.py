"""A regimen as clinics write it is read into items, or handed back; it is never guessed."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.drugs import drug_names
from registry.domain.opioids import OpioidItem, read_items
from registry.domain.opioids.items import RATE_UNITS
from registry.domain.regimens import read_regimen

# Each item reads: drug route dose unit, times a day, prn when as needed.
UNDERSTOOD = {
    # modified release, British names
    "MST 30 bd": "morphine oral 30 mg x2",
    "MST 45 bd": "morphine oral 45 mg x2",
    "MST 100mg BD": "morphine oral 100 mg x2",
    "MST30 bd": "morphine oral 30 mg x2",
    "MST Continus 60 mg 12-hourly": "morphine oral 60 mg x2",
    "Morphine MR 30mg BD": "morphine oral 30 mg x2",
    "morphine m/r 30mg b.d.": "morphine oral 30 mg x2",
    "morphine sulphate modified-release 30 mg twice daily": "morphine oral 30 mg x2",
    "Zomorph 60 mg q12h": "morphine oral 60 mg x2",
    "Zomorph caps 10mg bd": "morphine oral 10 mg x2",
    "MXL 120 od": "morphine oral 120 mg x1",
    "MST 30 mg bd PO": "morphine oral 30 mg x2",
    "on MST 30 bd": "morphine oral 30 mg x2",
    "Background: MST 30mg bd": "morphine oral 30 mg x2",
    "morphine (MST) 30mg bd": "morphine oral 30 mg x2",
    "oxycodone MR 10 mg bd": "oxycodone oral 10 mg x2",
    "OxyContin 20mg BD": "oxycodone oral 20 mg x2",
    "Oxy Contin 20 mg bd": "oxycodone oral 20 mg x2",
    "OxyContin (oxycodone) 20 mg bd": "oxycodone oral 20 mg x2",
    "Longtec 40 bd": "oxycodone oral 40 mg x2",
    "tapentadol SR 150 bd": "tapentadol oral 150 mg x2",
    "Palexia SR 100mg bd": "tapentadol oral 100 mg x2",
    "Zydol SR 100 bd": "tramadol oral 100 mg x2",
    "tramadol 50mg qds": "tramadol oral 50 mg x4",
    "DHC Continus 60 mg bd": "dihydrocodeine oral 60 mg x2",
    "DF118 Forte 40 mg tds": "dihydrocodeine oral 40 mg x3",
    "dihydrocodeine 30 mg qds": "dihydrocodeine oral 30 mg x4",
    "codeine 60mg QDS": "codeine oral 60 mg x4",
    "codeine phosphate 30 mg q.d.s.": "codeine oral 30 mg x4",
    "methadone 5mg bd": "methadone oral 5 mg x2",
    "Physeptone 10 mg t.d.s.": "methadone oral 10 mg x3",
    "hydromorphone 12mg bd": "hydromorphone oral 12 mg x2",
    "Palladone SR 8mg bd": "hydromorphone oral 8 mg x2",
    # American names and ways
    "MS Contin 30mg q12h": "morphine oral 30 mg x2",
    "MS-Contin 15 mg PO BID": "morphine oral 15 mg x2",
    "morphine sulfate ER 60 mg every 12 hours": "morphine oral 60 mg x2",
    "Kadian 50mg daily": "morphine oral 50 mg x1",
    "Dilaudid 4 mg PO q4h": "hydromorphone oral 4 mg x6",
    "Exalgo 16mg qd": "hydromorphone oral 16 mg x1",
    "Opana ER 20 mg q12h": "oxymorphone oral 20 mg x2",
    "Nucynta ER 100mg BID": "tapentadol oral 100 mg x2",
    "Ultram 50 mg q6h": "tramadol oral 50 mg x4",
    "Roxicodone 15mg q4h": "oxycodone oral 15 mg x6",
    "Xtampza ER 18mg q12h": "oxycodone oral 18 mg x2",
    "methadone 10 mg TID": "methadone oral 10 mg x3",
    "Dolophine 5 mg q8h": "methadone oral 5 mg x3",
    "Demerol 50mg PO q6h": "pethidine oral 50 mg x4",
    "meperidine 75 mg IM q4h": "pethidine intramuscular 75 mg x6",
    "Hysingla 40 mg once daily": "hydrocodone oral 40 mg x1",
    "levorphanol 2mg q6h": "levorphanol oral 2 mg x4",
    # Australian names
    "Kapanol 50mg mane": "morphine oral 50 mg x1",
    "MS Mono 60 mg od": "morphine oral 60 mg x1",
    "Endone 5mg qid": "oxycodone oral 5 mg x4",
    "Endone 2 tabs qid": "oxycodone oral 10 mg x4",
    "Jurnista 16 mg daily": "hydromorphone oral 16 mg x1",
    "Tramal SR 150mg bd": "tramadol oral 150 mg x2",
    "Proladone 30 mg tds": "oxycodone rectal 30 mg x3",
    "Ordine 10mg 4-hourly": "morphine oral 10 mg x6",
    # immediate release, regular or counted
    "Oramorph 10mg 4 hourly": "morphine oral 10 mg x6",
    "Oramorph 10 q4h": "morphine oral 10 mg x6",
    "Sevredol 20mg every four hours": "morphine oral 20 mg x6",
    "oxynorm 5 mg x4/24h": "oxycodone oral 5 mg x4",
    "oxynorm 5mg x 4 / 24 hrs": "oxycodone oral 5 mg x4",
    "oxycodone IR 5mg x3/day": "oxycodone oral 5 mg x3",
    "oxycodone 5 mg 3 times a day": "oxycodone oral 5 mg x3",
    "oxycodone 5 mg four times daily": "oxycodone oral 5 mg x4",
    "oxycodone 5 mg 5x/day": "oxycodone oral 5 mg x5",
    "oxycodone 5mg ×3/24h": "oxycodone oral 5 mg x3",
    "Oramorph 10mg 6 doses in 24h": "morphine oral 10 mg x6",
    "Oramorph 10 mg x3 in the last 24 hours": "morphine oral 10 mg x3",
    "shortec 10mg tds": "oxycodone oral 10 mg x3",
    # as needed, with the number taken
    "Oramorph 10mg prn x4": "morphine oral 10 mg x4 prn",
    "Oramorph 10mg PRN x 4": "morphine oral 10 mg x4 prn",
    "Oramorph 10mg x4 prn": "morphine oral 10 mg x4 prn",
    "Oramorph 10 mg p.r.n. x3/24h": "morphine oral 10 mg x3 prn",
    "Oramorph 10mg q4h prn x2": "morphine oral 10 mg x2 prn",
    "Oramorph 10mg prn, used 3": "morphine oral 10 mg x3 prn",
    "Oramorph 10mg prn (3 doses)": "morphine oral 10 mg x3 prn",
    "Oramorph 10mg prn 3 doses in last 24h": "morphine oral 10 mg x3 prn",
    "oxynorm 5mg as needed x1": "oxycodone oral 5 mg x1 prn",
    "oxynorm 5 mg for breakthrough x2": "oxycodone oral 5 mg x2 prn",
    "Abstral 200 mcg prn x3": "fentanyl sublingual 200 mcg x3 prn",
    "Abstral 200µg prn x3": "fentanyl sublingual 200 mcg x3 prn",
    "PecFent 100 micrograms prn x2": "fentanyl intranasal 100 mcg x2 prn",
    "PecFent 100 mcg 2 sprays prn x2": "fentanyl intranasal 200 mcg x2 prn",
    "Effentora 400mcg prn taken twice": "fentanyl buccal 400 mcg x2 prn",
    "Actiq 800 mcg lozenge prn x2": "fentanyl buccal 800 mcg x2 prn",
    "alfentanil 500 mcg SC prn x2": "alfentanil subcutaneous 500 mcg x2 prn",
    # patches: the rate worn, whatever the days
    "Fentanyl patch 37 mcg/h": "fentanyl transdermal 37 mcg/h",
    "fentanyl patch 12.5mcg/hr": "fentanyl transdermal 12.5 mcg/h",
    "fentanyl 75 mcg/h patch q72h": "fentanyl transdermal 75 mcg/h",
    "fentanyl 75 mcg/h patch every 3 days": "fentanyl transdermal 75 mcg/h",
    "fentanyl 25 mcg/hr q72h": "fentanyl transdermal 25 mcg/h",
    "fentanyl TD 50 micrograms/hour": "fentanyl transdermal 50 mcg/h",
    "transdermal fentanyl 25 mcg per hour, changed every 72 hours": "fentanyl transdermal 25 mcg/h",
    "fentanyl 25 patch": "fentanyl transdermal 25 mcg/h",
    "fentanyl patch 25 mcg": "fentanyl transdermal 25 mcg/h",
    "fentanyl 2 x 100 mcg/h patches": "fentanyl transdermal 200 mcg/h",
    "fentanyl two patches 50 mcg/h q72h": "fentanyl transdermal 100 mcg/h",
    "Durogesic 50": "fentanyl transdermal 50 mcg/h",
    "Durogesic DTrans 25 mcg/h 72-hourly": "fentanyl transdermal 25 mcg/h",
    "Duragesic 100 mcg/hr q48h": "fentanyl transdermal 100 mcg/h",
    "buprenorphine patch 20": "buprenorphine transdermal 20 mcg/h",
    "buprenorphine patch 52.5": "buprenorphine transdermal 52.5 mcg/h",
    "Butrans 10": "buprenorphine transdermal 10 mcg/h",
    "BuTrans 10 mcg/hr 7-day": "buprenorphine transdermal 10 mcg/h",
    "Butec 5 mcg/h 7 day patch": "buprenorphine transdermal 5 mcg/h",
    "Norspan 20 weekly": "buprenorphine transdermal 20 mcg/h",
    "Transtec 35 twice weekly": "buprenorphine transdermal 35 mcg/h",
    "Transtec 70 mcg/h every 96 hours": "buprenorphine transdermal 70 mcg/h",
    # other routes
    "buprenorphine 400 mcg SL tds": "buprenorphine sublingual 400 mcg x3",
    "Temgesic 200 micrograms sublingual qds": "buprenorphine sublingual 200 mcg x4",
    "Subutex 8 mg daily": "buprenorphine sublingual 8 mg x1",
    "Suboxone 8/2 bid": "buprenorphine sublingual 8 mg x2",
    "Belbuca 150 mcg q12h": "buprenorphine buccal 150 mcg x2",
    "morphine 5mg s/c prn x2": "morphine subcutaneous 5 mg x2 prn",
    "morphine 2.5 mg subcut 4-hourly": "morphine subcutaneous 2.5 mg x6",
    "hydromorphone 1 mg IV q3h": "hydromorphone intravenous 1 mg x8",
    "morphine suppository 20 mg q6h": "morphine rectal 20 mg x4",
    "morphine 10 mg via PEG q4h": "morphine oral 10 mg x6",
    # pumps and syringe drivers
    "morphine 30 mg/24h SC via CSCI": "morphine subcutaneous 30 mg/24h",
    "morphine 30mg over 24 hours SC": "morphine subcutaneous 30 mg/24h",
    "diamorphine 20 mg/24h CSCI": "diamorphine subcutaneous 20 mg/24h",
    "alfentanil 3mg/24h via syringe driver": "alfentanil subcutaneous 3 mg/24h",
    "oxycodone 40mg/day sc": "oxycodone subcutaneous 40 mg/24h",
    "fentanyl 50 mcg/h IV infusion": "fentanyl intravenous 50 mcg/h",
    "morphine 1 mg/h IV": "morphine intravenous 1 mg/h",
    "hydromorphone 2 mg/24h IT": "hydromorphone intrathecal 2 mg/24h",
    "intrathecal morphine 2.4 mg/day": "morphine intrathecal 2.4 mg/24h",
    "morphine 1.2 mg/day i.t. pump": "morphine intrathecal 1.2 mg/24h",
    "epidural fentanyl 20 mcg/h": "fentanyl epidural 20 mcg/h",
    "ziconotide 2.4 mcg/day IT": "ziconotide intrathecal 2.4 mcg/24h",
    "bupivacaine 10mg/24h IT": "bupivacaine intrathecal 10 mg/24h",
    "morphine 60mg/24h orally": "morphine oral 60 mg/24h",
    # combinations: the opioid's share
    "hydrocodone/paracetamol 10/325 q6h": "hydrocodone oral 10 mg x4",
    "hydrocodone-acetaminophen 5-325 q6h": "hydrocodone oral 5 mg x4",
    "hydrocodone/APAP 10mg/325mg 1 tab q4h": "hydrocodone oral 10 mg x6",
    "Norco 10/325 two tablets tid": "hydrocodone oral 20 mg x3",
    "Norco 10 q6h": "hydrocodone oral 10 mg x4",
    "Vicodin 5/300 qid": "hydrocodone oral 5 mg x4",
    "co-codamol 30/500 2 tabs qds": "codeine oral 60 mg x4",
    "co-codamol 30/500 2 qds": "codeine oral 60 mg x4",
    "cocodamol 8/500 two tablets qds": "codeine oral 16 mg x4",
    "co-codamol 30/500 qds": "codeine oral 30 mg x4",
    "2 x co-codamol 30/500 qds": "codeine oral 60 mg x4",
    "co-codamol 2 x 30/500 qds": "codeine oral 60 mg x4",
    "Solpadol 2 tabs qds": "codeine oral 60 mg x4",
    "Panadeine Forte 2 tabs qid": "codeine oral 60 mg x4",
    "Panadeine Forte 500/30 2 tablets QID": "codeine oral 60 mg x4",
    "Tylenol #3 2 tabs q6h": "codeine oral 60 mg x4",
    "co-dydramol 10/500 2 tabs qds": "dihydrocodeine oral 20 mg x4",
    "Percocet 5/325 q6h": "oxycodone oral 5 mg x4",
    "Percocet 10/325 prn x3": "oxycodone oral 10 mg x3 prn",
    "oxycodone and acetaminophen 5/325 q6h": "oxycodone oral 5 mg x4",
    "Targin 20/10 bd": "oxycodone oral 20 mg x2",
    "Targinact 40 mg bd": "oxycodone oral 40 mg x2",
    "oxycodone/naloxone 10/5 bd": "oxycodone oral 10 mg x2",
    "Tramacet 2 tabs qds": "tramadol oral 75 mg x4",
    # tablets, volumes, times of the day
    "MST 2 x 30mg bd": "morphine oral 60 mg x2",
    "morphine MR 30mg 2 tabs bd": "morphine oral 60 mg x2",
    "methadone 5 mg two tablets bd": "methadone oral 10 mg x2",
    "MST 30 tablets bd": "morphine oral 30 mg x2",
    "Oramorph 10mg/5ml 5ml qds": "morphine oral 10 mg x4",
    "Oramorph 10 mg/5 ml, 2.5 ml prn x3": "morphine oral 5 mg x3 prn",
    "Oramorph 20mg/ml 1ml q4h": "morphine oral 20 mg x6",
    "Oramorph 10mg (5ml) prn x3": "morphine oral 10 mg x3 prn",
    "Oramorph 10mg/5ml 20mg prn x2": "morphine oral 20 mg x2 prn",
    "MST 30mg mane, 60mg nocte": "morphine oral 30 mg x1 | morphine oral 60 mg x1",
    "MST 30 mane 60 nocte": "morphine oral 30 mg x1 | morphine oral 60 mg x1",
    "MST 30mg mane and nocte": "morphine oral 30 mg x2",
    "methadone 10mg at night": "methadone oral 10 mg x1",
    "methadone 10 mg on": "methadone oral 10 mg x1",
    "methadone 10mg od nocte": "methadone oral 10 mg x1",
    "MST: 30 mg bd": "morphine oral 30 mg x2",
    "methadone 5mg morning, midday, night": "methadone oral 5 mg x3",
    # several items, however they are parted
    "MST 30 bd, Oramorph 10mg prn x4": "morphine oral 30 mg x2 | morphine oral 10 mg x4 prn",
    "MST 30 bd + Oramorph 10mg prn x4": "morphine oral 30 mg x2 | morphine oral 10 mg x4 prn",
    "MST 30 bd and Oramorph 10mg prn x4": "morphine oral 30 mg x2 | morphine oral 10 mg x4 prn",
    "MST 30 bd. Oramorph 10mg prn x4.": "morphine oral 30 mg x2 | morphine oral 10 mg x4 prn",
    "MST 30 bd\nOramorph 10mg prn x4": "morphine oral 30 mg x2 | morphine oral 10 mg x4 prn",
    "- MST 30 bd\n- Oramorph 10mg prn x4": "morphine oral 30 mg x2 | morphine oral 10 mg x4 prn",
    "MST 30 bd with Oramorph 10mg prn x4": "morphine oral 30 mg x2 | morphine oral 10 mg x4 prn",
    "30mg MST bd, 10 mg Oramorph prn x4": "morphine oral 30 mg x2 | morphine oral 10 mg x4 prn",
    "BuTrans 10 + BuTrans 5": "buprenorphine transdermal 10 mcg/h"
    " | buprenorphine transdermal 5 mcg/h",
    "MST 30 bd; Oramorph 10mg prn x4": "morphine oral 30 mg x2 | morphine oral 10 mg x4 prn",
    "MST 30 bd Oramorph 10mg prn x4": "morphine oral 30 mg x2 | morphine oral 10 mg x4 prn",
    "MST 30 bd / Oramorph 10mg prn x4": "morphine oral 30 mg x2 | morphine oral 10 mg x4 prn",
    "Morphine MR 30mg bd, morphine IR 10mg x2/24h": "morphine oral 30 mg x2"
    " | morphine oral 10 mg x2",
    "Fentanyl patch 25 mcg/h, oxynorm 5 mg x4/24h, gabapentin 300mg tds": (
        "fentanyl transdermal 25 mcg/h | oxycodone oral 5 mg x4 | gabapentin oral 300 mg x3"
    ),
    "MST 30 bd, Oramorph 10mg prn x0": "morphine oral 30 mg x2",
    "oxynorm 5mg prn used 3 in 24h": "oxycodone oral 5 mg x3 prn",
    "oxynorm 5mg prn taken 3 times in the last 24 hours": "oxycodone oral 5 mg x3 prn",
    "fentanyl 25 mcg/hr changed 72 hrly": "fentanyl transdermal 25 mcg/h",
    "fentanyl patch 12 changed 72-hourly": "fentanyl transdermal 12 mcg/h",
    "morphine 0.125 mg sc q4h": "morphine subcutaneous 0.125 mg x6",
    "MST 30 bd, Oramorph 10mg prn none used": "morphine oral 30 mg x2",
    # adjuvants are recorded
    "paracetamol 1g qds": "paracetamol oral 1000 mg x4",
    "pregabalin 75 bd": "pregabalin oral 75 mg x2",
    "amitriptyline 10mg nocte": "amitriptyline oral 10 mg x1",
    "ketamine 100 mg/24h sc": "ketamine subcutaneous 100 mg/24h",
    "clonidine 150mcg/24h IT": "clonidine intrathecal 150 mcg/24h",
    "dexamethasone 8mg mane": "dexamethasone oral 8 mg x1",
    "lignocaine 50 mg/h iv": "lidocaine intravenous 50 mg/h",
    # as notes, charts and letters of the three countries have it
    "CSCI morphine 30mg/24h": "morphine subcutaneous 30 mg/24h",
    "CSCI: morphine 30mg/24h": "morphine subcutaneous 30 mg/24h",
    "syringe driver: oxycodone 30mg over 24 hours": "oxycodone subcutaneous 30 mg/24h",
    "morphine 30 mg via CSCI over 24 hours": "morphine subcutaneous 30 mg/24h",
    "diamorphine 30mg s/c over 24hrs via T34": "diamorphine subcutaneous 30 mg/24h",
    "CSCI: morphine 20mg over 24h, oral: oxycodone 5 mg qds": "morphine subcutaneous 20 mg/24h"
    " | oxycodone oral 5 mg x4",
    "Regular: MST 30 bd. PRN: Oramorph 10mg x2": "morphine oral 30 mg x2"
    " | morphine oral 10 mg x2 prn",
    "hydromorphone PCA IV 12 mg/24h": "hydromorphone intravenous 12 mg/24h",
    "morphine PCA SC 30 mg over 24 h": "morphine subcutaneous 30 mg/24h",
    "intrathecal morphine 5 mg/day + bupivacaine 10 mg/day IT": "morphine intrathecal 5 mg/24h"
    " | bupivacaine intrathecal 10 mg/24h",
    "ITDD morphine 20mg/ml 1.2mg/day": "morphine intrathecal 1.2 mg/24h",
    "IDDS hydromorphone 1.8mg/24h": "hydromorphone intrathecal 1.8 mg/24h",
    "Norco 10/325 one q6h": "hydrocodone oral 10 mg x4",
    "Norco 10/325 mg 1 tablet by mouth every 6 hours": "hydrocodone oral 10 mg x4",
    "Norco 10-325 1 q6h prn x 3": "hydrocodone oral 10 mg x3 prn",
    "hydrocodone-apap 5-325 prn x 2": "hydrocodone oral 5 mg x2 prn",
    "Percocet 5/325 q4h prn (3 taken in 24 hrs)": "oxycodone oral 5 mg x3 prn",
    "oxycodone/acetaminophen 5-325 1 tab q4h prn x4": "oxycodone oral 5 mg x4 prn",
    "Suboxone 8mg/2mg SL daily": "buprenorphine sublingual 8 mg x1",
    "Vicodin ES 1 tab q6h": "hydrocodone oral 7.5 mg x4",
    "Ultracet 2 tabs qid": "tramadol oral 75 mg x4",
    "Tylenol 3 2 tabs q6h": "codeine oral 60 mg x4",
    "Mersyndol Forte 2 tabs qid": "codeine oral 60 mg x4",
    "Targin 20mg/10mg bd": "oxycodone oral 20 mg x2",
    "co-codamol 30/500 (2 tabs) qds": "codeine oral 60 mg x4",
    "co-codamol 30/500 two four times a day": "codeine oral 60 mg x4",
    "Panadeine Forte ii qid": "codeine oral 60 mg x4",
    "Endone 5mg ii qid": "oxycodone oral 10 mg x4",
    "oxycodone 5 mg (1 tab) qid": "oxycodone oral 5 mg x4",
    "oxycodone 5 mg tablet, take 1 tablet by mouth every 6 hours": "oxycodone oral 5 mg x4",
    "tramadol 50 mg take 2 tabs q6h": "tramadol oral 100 mg x4",
    "apply 1 patch fentanyl 25 mcg/hr every 72 hours": "fentanyl transdermal 25 mcg/h",
    "fentanyl 25 mcg/hr patch, apply 1 patch q72h": "fentanyl transdermal 25 mcg/h",
    "fentanyl 50 mcg/h q72h": "fentanyl transdermal 50 mcg/h",
    "Fentanyl 100 mcg/hr TD q 72 hr": "fentanyl transdermal 100 mcg/h",
    "fentanyl patch 75mcg/hr Q3D": "fentanyl transdermal 75 mcg/h",
    "Butrans 10 weekly": "buprenorphine transdermal 10 mcg/h",
    "Norspan 20mcg/h patch change weekly": "buprenorphine transdermal 20 mcg/h",
    "Transtec 35mcg/hr every 4 days": "buprenorphine transdermal 35 mcg/h",
    "BuTrans 5 mcg/hr q7d": "buprenorphine transdermal 5 mcg/h",
    "OxyContin 20 mg BID + Endone 5 mg prn x 3": "oxycodone oral 20 mg x2"
    " | oxycodone oral 5 mg x3 prn",
    "Palexia SR 100 bd": "tapentadol oral 100 mg x2",
    "Palexia SR 100mg BD, Endone 5mg PRN x2/day": "tapentadol oral 100 mg x2"
    " | oxycodone oral 5 mg x2 prn",
    "methadone 5 mg tds": "methadone oral 5 mg x3",
    "methadone mixture 1mg/ml 40ml od": "methadone oral 40 mg x1",
    "Physeptone 5mg mane, 10mg nocte": "methadone oral 5 mg x1 | methadone oral 10 mg x1",
    "Kadian 20 mg qAM, 40 mg qPM": "morphine oral 20 mg x1 | morphine oral 40 mg x1",
    "Hysingla ER 60 mg qday": "hydrocodone oral 60 mg x1",
    "MS Contin 30mg BID with MSIR 15mg q4h prn x2": "morphine oral 30 mg x2"
    " | morphine oral 15 mg x2 prn",
    "morphine concentrate 20mg/ml 0.25 ml q3h prn x4": "morphine oral 5 mg x4 prn",
    "morphine 10mg/5ml oral solution: 5ml every 4 hours": "morphine oral 10 mg x6",
    "Oramorph 10mg/5ml 10mg (5ml) q4h": "morphine oral 10 mg x6",
    "Oramorph 10mg hourly prn x4": "morphine oral 10 mg x4 prn",
    "Oramorph 10mg prn (had 3)": "morphine oral 10 mg x3 prn",
    "Oramorph 10mg prn, required 3 doses": "morphine oral 10 mg x3 prn",
    "Oramorph 10mg prn x3 doses": "morphine oral 10 mg x3 prn",
    "Oramorph 10mg x 3 prn in last 24 h": "morphine oral 10 mg x3 prn",
    "oxynorm prn 5 used 3": "oxycodone oral 5 mg x3 prn",
    "oxynorm 5 prn 3 used": "oxycodone oral 5 mg x3 prn",
    "Actiq 400 mcg prn, two used": "fentanyl buccal 400 mcg x2 prn",
    "Abstral 200 prn x3": "fentanyl sublingual 200 mcg x3 prn",
    "Longtec 20mg BD and Shortec 5mg PRN, 2 doses taken": "oxycodone oral 20 mg x2"
    " | oxycodone oral 5 mg x2 prn",
    "PecFent 100mcg nasal spray prn x4": "fentanyl intranasal 100 mcg x4 prn",
    "Dilaudid 1 mg/ml liquid 2 mg q4h": "hydromorphone oral 2 mg x6",
    "Durogesic 50 MST 30 bd": "fentanyl transdermal 50 mcg/h | morphine oral 30 mg x2",
    "paracetamol 1gm qds": "paracetamol oral 1000 mg x4",
    "Lyrica 75 BD": "pregabalin oral 75 mg x2",
}

# Beside each: what is understood all the same.
NOT_UNDERSTOOD = {
    "fentanyl patch": "",  # no dose
    "morphine": "",
    "morphine 10mg": "",  # how often?
    "Oramorph 10mg prn": "",  # how many were taken?
    "Oramorph 10mg prn qds": "",  # allowed, not taken
    "Oramorph 10mg q4h prn": "",
    "Oramorph 10mg prn up to x4": "",
    "Oramorph 10mg prn max 6/24h": "",
    "Oramorph 5-10mg q4h": "",  # a range
    "Oramorph 5 to 10 mg q4h": "",
    "Oramorph 10mg prn x2-3": "",
    "Oramorph 10mg prn x2 to 3": "",
    "Oramorph 10mg prn x 4 hourly": "",
    "Oramorph 10mg prn taken 4-hourly": "",
    "Oramorph 10mg q4-6h": "",
    "Oramorph 10mg 4-6 hourly": "",
    "oxynorm 5mg x4": "",  # four tablets, or four times?
    "oxynorm 5mg x2 bd": "",
    "Oramorph 10mg 4/24": "",  # four-hourly, or four in 24 h?
    "Oramorph 10 mg 4/24h": "",
    "Oramorph 5ml qds": "",  # two strengths are sold
    "Oramorph 10mg/5ml prn x3": "",
    "?MST 30 bd": "",
    "MST 30 bd?": "",
    "MST ~30mg bd": "",
    "MST 30 bd stopped": "",
    "stopped MST 30 bd": "",
    "not taking MST 30 bd": "",
    "MST 30 bd, not taking": "",
    "MST 30 bd increased to 40 bd": "",
    "MST 30 bd -> 40 bd": "",
    "MST 30 bd or oxycodone MR 20 bd": "",
    "MST 30 bd instead of oxycodone MR 20 mg bd": "",
    "stopped MST 30 bd and Oramorph 10mg x2/24h": "",
    "MST 30 bd was stopped, now Oramorph 10mg x2/24h": "",
    "MST 30 bd, no Oramorph": "",
    "last week - MST 30 bd": "",
    "MST 30 bd on hold": "",
    "MST 9999999 bd": "",
    "MST 3000 od, Oramorph 2500 od": "morphine oral 3000 mg x1",  # nobody takes both in a day
    "morphine 30 g bd": "",  # mg?
    "morphine MR 1,000 mg bd": "",  # a form would refuse it, too
    "1,500 mg morphine bd": "",
    "12,5 mg morphine bd": "",
    "morphine 1.000 mg bd": "",  # a thousand, or one?
    "morphine 2.500 mg bd": "",
    "MST 2.500 bd": "",
    "Targin 2.500/1.250 bd": "",
    "Oramorph 1.000 mg/5ml 5ml qds": "",
    "fentanyl patch 2.5": "",  # no patch is so weak
    "fentanyl 2.5 patch": "",
    "buprenorphine patch 0.5": "",
    "oxynorm 5mg prn used 2-3 in 24h": "",
    "fentanyl patch 25 mcg/hr changed 5 hrly": "",
    "Oramorph 10mg every .0000000000000000000000000000000001 h": "",
    "Stopped: MST 30 bd, Oramorph 10mg x2/24h": "",
    "Allergic to: morphine, oxycodone 5mg bd": "",
    "morphine 30 mg/24h": "",  # by mouth, or by syringe driver?
    "fentanyl 25 mcg/h": "",  # patch, or infusion?
    "fentanyl 100 mcg q4h": "",
    "fentanyl tablets 100mcg x4/24h": "",  # under the tongue, or in the cheek?
    "buprenorphine 2mg daily": "",
    "diamorphine 10mg q4h": "",
    "Temgesic 200 SL tds": "",  # mcg, or mg?
    "morphine 10 sc q4h": "",
    "hydromorphone 2 mg/24h, take it": "",
    "fentanyl patch 25 mg/h": "",  # a thousandfold
    "fentanyl patch 4.2 mg": "",  # what it holds, not what it gives
    "fentanyl patch 25 mcg/h bd": "",
    "fentanyl patch 12,5 mcg/h": "",
    "fentanyl patch 100 + 25 mcg/h": "",
    "MST 30 mg every 72h": "",
    "MST 30 bd IV": "",  # MST is swallowed
    "Oramorph 10mg SC q4h": "",
    "morphine patch 20": "",
    "morphine MR 30mg IR bd": "",
    "oxycodone 10mg PR bd": "",  # prolonged release, or per rectum?
    "MST 2 tabs bd": "",  # of which strength?
    "Endone 5 tablets tds": "",  # five, or of 5 mg?
    "co-codamol 2 tabs qds": "",
    "co-codamol 500mg qds": "",  # the paracetamol
    "co-codamol 12/500 2 tabs qds": "",  # no such tablet
    "Percocet qid": "",
    "Percocet 2 q6h": "",
    "MST 0 bd": "",
    "MST 30/60 bd": "",
    "MST 30 mg bd tds": "",
    "MST thirty bd": "",
    "morfine 10mg bd": "",
    "30mg bd": "",
    "bd": "",
    "PCA": "",
    "as before": "",
    "see notes": "",
    "n/a": "",
    "-": "",
    ",": "",
    "bupivacaine 0.1% epidural 5 ml/h": "",
    "oxycodone 5mg every other day": "",
    "methadone 10mg alt days": "",
    "morphine 10mg x3/week": "",
    "Oramorph 10mg x3 days": "",
    "morphine 10 mg oxycodone 5 mg bd": "oxycodone oral 5 mg x2",
    "MST 30 bd, Oramorph prn": "morphine oral 30 mg x2",
    "MST 30 bd, Oramorph 5-10mg prn x3": "morphine oral 30 mg x2",
    "MST 30 bd, cocktail 10 ml tds": "",
    "sativex 4 sprays, MST 30 bd": "morphine oral 30 mg x2",
    "fentanyl patch, oxynorm 5 mg x4/24h": "oxycodone oral 5 mg x4",
    "nil regular, Oramorph 10mg prn x2": "morphine oral 10 mg x2 prn",
    "Abstral 200 mcg x3": "",
    "PecFent 1 prn x2": "",  # sprays
    "hydromorphone PCA 0.5 mg/h IV": "",  # and the boluses?
    "hydromorphone PCA 0.2 mg q10min": "",
    "hydromorphone PCA 12 mg/24h": "",  # into a vein, or under the skin?
    "morphine 30 mg over 24 hours": "",
    "morphine 30mg CSCI": "",  # over which time?
    "oxycodone 10 mg bd over 24 hours SC": "",
    "buprenorphine patch 20 over 24 h": "",
    "IT pump: morphine 3.5 mg/day, clonidine 60 mcg/day": "",  # how far does "IT pump" reach?
    "MST 30 bd. PRN: Oramorph 10mg x2, midazolam 2.5 mg sc x1": "",
    "PRN: Oramorph 10mg, x2, MST 30 bd": "",
    "MST 30 bd, PRN none used": "",  # none of further doses, not of these
    "MST 30 bd, prn x2": "",
    "Oramorph 10mg qds + prn x2": "",
    "MST 30 bd 2 tabs co-codamol 30/500 qds": "",  # tablets of which?
    "MST 30 bd 2 x Oramorph 10mg prn x3": "",
    "Panadeine Forte 2 QID prn x8 tablets": "",  # tablets, not times
    "co-codamol 30/500 2 tabs prn took 6 tablets": "",
    "methadone 10 mg (2 tabs) bd": "",  # two of 5 mg, or of 10?
    "MST 30mg bd (2 tabs)": "",
    "MST 60mg (2 x 30mg) bd": "",
    "Oramorph 10mg/5ml 10mg (10ml) q4h": "",  # 10 mg are 5 ml
    "Panadeine Forte ii-iii qid": "",
    "Norco 5/325 1-2 tabs q6h prn": "",
    "hydrocodone 10/325 q6h": "",
    "Durogesic 25 x2": "",
    "fentanyl 100mcg/h + 25mcg/h patches": "",
    "Butrans 10 x 7 days": "",
    "MST 30-0-30": "",
    "oxycodone 5 mg prn ~3/day": "",
    "oxycodone 5 mg up to 4x/day": "",
    "oxycodone prn 25mg/24h": "",
    "morphine 0.5 mg/kg/day": "",
    "MST 1OO bd": "",
    "OME 120": "",
}

NONE_TAKEN = [
    "nil",
    "Nil.",
    "none",
    "no opioids",
    "No opiates",
    "nil opioids",
    "not on any opioids",
    "opioid naive",
    "opioid-naïve",
    "no analgesia",
    "none at present",
    "Oramorph 10mg prn x0",
]


def as_row(item: OpioidItem) -> str:
    times = f" x{item.per_day:f}" if item.per_day is not None else ""
    as_needed = " prn" if item.as_needed else ""
    return f"{item.drug} {item.route} {item.dose.normalize():f} {item.unit}{times}{as_needed}"


def rows(text: str) -> str:
    return " | ".join(as_row(item) for item in read_regimen(text).items)


@pytest.mark.parametrize(("text", "expected"), UNDERSTOOD.items())
def test_what_clinics_write_is_understood(text, expected):
    assert read_regimen(text).not_understood == ()
    assert rows(text) == expected


@pytest.mark.parametrize(("text", "expected"), NOT_UNDERSTOOD.items())
def test_what_is_not_plain_is_handed_back(text, expected):
    read = read_regimen(text)
    assert read.not_understood
    assert all(part in text for part in read.not_understood)
    assert rows(text) == expected


@pytest.mark.parametrize("text", NONE_TAKEN)
def test_no_opioids_is_an_empty_regimen(text):
    assert read_regimen(text).items == ()
    assert read_regimen(text).not_understood == ()


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_a_blank_says_nothing(text):
    assert read_regimen(text).items == ()
    assert read_regimen(text).not_understood == ()


def test_what_cannot_be_read_comes_back_beside_what_can():
    read = read_regimen("MST 30 bd, Oramorph 5-10mg prn x3, gabapentin 300mg tds")
    assert [item.drug for item in read.items] == ["morphine", "gabapentin"]
    assert read.not_understood == ("Oramorph 5-10mg prn x3",)


def test_form_and_product_are_kept_as_written():
    mst, targin, patch, plain = read_regimen(
        "MST 30 bd, Targin 20/10 bd, buprenorphine patch 20, methadone 5mg bd"
    ).items
    assert (mst.form, mst.product) == ("MR", "MST")
    assert (targin.form, targin.product) == ("MR", "Targin 20/10")
    assert (patch.form, patch.product) == ("patch", None)
    assert (plain.form, plain.product) == (None, None)


ALONE = sorted(
    text for text in UNDERSTOOD if not any(c in text for c in ",;:\n.") and text[:2] != "on"
)


@given(
    st.lists(st.sampled_from(ALONE), min_size=1, max_size=5), st.sampled_from([", ", "; ", "\n"])
)
def test_a_list_reads_as_its_parts(parts, separator):
    read = read_regimen(separator.join(parts))
    assert read.not_understood == ()
    assert read.items == tuple(item for part in parts for item in read_regimen(part).items)


@given(st.sampled_from(sorted(text for text in UNDERSTOOD if "IT" not in text)))
def test_case_and_blanks_do_not_matter(text):
    assert rows(f"  {text.replace(' ', '  ')} ") == rows(text.swapcase()) == UNDERSTOOD[text]


@given(st.sampled_from(sorted(UNDERSTOOD)))
def test_what_is_read_is_what_the_form_would_accept(text):
    items = read_regimen(text).items
    raws = [{f.name: getattr(item, f.name) for f in fields(item)} for item in items]
    assert read_items(raws) == items


WORDS = ["10", "30mg", "5-10", "bd", "prn", "x4", "x3/24h", "25 mcg/h", "patch", "sc", "IT", "q72h"]
WORDS += [
    "nocte",
    ",",
    "+",
    "and",
    "(",
    ")",
    "/",
    "30/500",
    "2 tabs",
    "5 ml",
    "10mg/5ml",
    "stopped",
]
WORDS += [name.written for name in drug_names()[:80]]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join) | st.text("x0/. g"))
def test_every_text_is_read_or_handed_back(text):
    read = read_regimen(text)
    assert read.items or read.not_understood or not text.strip()
    assert all(part in text for part in read.not_understood)
    for item in read.items:
        assert item.dose > 0
        assert (item.per_day is None) == (item.unit in RATE_UNITS)


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text):
    assert all(part in text for part in read_regimen(text).not_understood)


@given(st.integers(9, 200), st.sampled_from(["bd", "tds", "q4h"]), st.integers(1, 20))
def test_doses_are_read_exactly(dose, often, taken):
    times = {"bd": 2, "tds": 3, "q4h": 6}[often]
    regular, as_needed = read_regimen(f"MST {dose} {often}, oxynorm {dose}.5mg prn x{taken}").items
    assert (regular.dose, regular.per_day) == (Decimal(dose), Decimal(times))
    assert (as_needed.dose, as_needed.per_day) == (Decimal(dose) + Decimal("0.5"), Decimal(taken))
