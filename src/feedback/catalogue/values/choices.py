"""The words a field of the catalogue may hold where it may not hold any."""

from collections.abc import Mapping
from types import MappingProxyType

# Sections of the International Standard Industrial Classification, revision 5 (United Nations, 2024).
SECTORS: Mapping[str, str] = MappingProxyType(
    {
        "A": "Agriculture, forestry and fishing",
        "B": "Mining and quarrying",
        "C": "Manufacturing",
        "D": "Electricity, gas and steam supply",
        "E": "Water supply, sewerage and waste management",
        "F": "Construction",
        "G": "Wholesale and retail trade",
        "H": "Transport and storage",
        "I": "Accommodation and food service",
        "J": "Publishing, broadcasting and content",
        "K": "Telecommunications, computing and information",
        "L": "Finance and insurance",
        "M": "Real estate",
        "N": "Professional, scientific and technical work",
        "O": "Administrative and support service",
        "P": "Public administration and defence",
        "Q": "Education",
        "R": "Health and social work",
        "S": "Arts, sports and recreation",
        "T": "Other services",
        "U": "Households as employers",
        "V": "Extraterritorial organisations",
    }
)
SIZE_BANDS = ("1-9", "10-49", "50-249", "250-999", "1000+")
ORGANISATION_TYPES = ("company", "public agency", "professional body", "university", "association", "other")
CARRIERS = ("badge image", "certificate", "transcript")
DELIVERIES = ("digital", "in person", "hybrid", "mixed")
LIFECYCLE = ("idea", "design", "beta", "live", "revise", "retired")
ISSUER_TYPES = (
    *("university", "college", "professional body", "company", "training provider", "platform", "public agency"),
    "other",
)
SIGNED = ("yes", "no", "unknown")
INTENSITIES = ("full time", "part time", "self-paced")
SPECIALISATIONS = ("overview", "working knowledge", "specialised", "expert")
OCCUPATION_SCHEMES = ("ESCO", "O*NET", "own")
TARGET_KINDS = ("credential", "degree")
MEASURES = ("demand", "supply")
CONTACT_ROLES = ("hiring employer", "recruiter", "internship manager", "professional body", "other")
CONSENTS = ("panel", "committee", "internships", "quoted", "told", "none")
